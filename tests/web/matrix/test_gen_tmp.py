import pytest
from tests.web.matrix.calls import *
from tests.web.matrix.house import *
from tests.web.matrix.world import *
pytestmark = pytest.mark.asyncio(loop_scope="module")

async def test_gen(house):
    out=[]
    for method, path in sorted(routes_of(house.app), key=lambda p:(p[1],p[0])):
        if method=="OPTIONS": continue
        route=f"{method} {path}"
        call=call_of(route)
        row=[]
        for who in VISITORS:
            v=house.world.visitor(who, call.place)
            ids=ids_of(house.world, house.world.places[call.place], v)
            h,b=request_of(house, route, v)
            a=await house.ask(v, method, path_of(house, route, ids), headers=h, body=b)
            if method not in SAFE: house.put_back()
            st=str(a.status)
            if a.status in (302,303,307):
                loc=a.headers["location"]
                st="in" if loc.startswith("/sign-in") else "pin" if loc.endswith("/pin") else "ok"
            elif a.status<300: st="ok"
            row.append(st)
            if a.status>=500: print(route, who, a.text[:300])
        out.append(f"{route:75} "+" ".join(f"{x:>3}" for x in row))
    open("/tmp/matrix.txt","w").write("\n".join(out))
