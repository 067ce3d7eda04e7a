"""What the door answers: every route, everybody who may knock.

ok: done or shown (2xx, 303 onward)   in: sent to the sign-in page   pin: sent to the PIN page   else the status.
401 nobody is signed in for this address   403 visible, but not theirs to do   404 unknown, or another's
410 the right key, expired or withdrawn    409, 422 theirs to try, but at this moment not possible (said on the page)
"""

# Who stands at the door, in the order of the columns.
COLUMNS = {
    "nobody": "anonymous",  # no cookie
    "out": "signed_out",  # an owner's cookie after signing out
    "left": "disabled",  # an owner's cookie after their access was closed
    "owner": "owner",
    "mana": "manager",
    "cons": "consultant",
    "phot": "photographer",
    "retou": "retoucher",  # without a task
    "qlead": "quality_lead",
    "finan": "finance",
    "RETOU": "own_retoucher",  # the order is theirs by a task
    "far": "other_branch",  # a manager of another branch
    "abroad": "other_studio",  # the owner of another studio
    "cust": "customer",  # of this order, PIN typed
    "nopin": "before_pin",  # of this order, PIN not yet typed
    "plant": "planted",  # another customer's session under this gallery's cookie name
    "other": "other_customer",  # of another order of the studio
    "abrod": "other_studio_customer",  # of another studio
    "expir": "expired",  # of this order, the link has expired since
    "withd": "withdrawn",  # of this order, the link was withdrawn since
}
TABLE = """
                                                                         nobody out left owner mana cons phot retou qlead finan RETOU far abroad cust nopin plant other abrod expir withd
# Ways in and what is everybody's
GET /                                                                        ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /healthz                                                                 ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
POST /language                                                               ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /readyz                                                                  ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /schema                                                                  ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /schema/openapi.json                                                     ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /schema/{path}                                                          404 404  404   404  404  404  404   404   404   404   404 404    404  404   404   404   404   404   404   404
GET /sign-in                                                                 ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
POST /sign-in                                                                ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /sign-in/link/{token}                                                    ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
POST /sign-in/link/{token}                                                   ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
POST /sign-out                                                               in  in   in    in   in   in   in    in    in    in    in  in     in   in    in    in    in    in    in    in
GET /static/{path}                                                           ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /studio                                                                  in  in   in    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   in    in    in    in    in    in    in
# The customer's gallery
GET /g/{key}                                                                pin pin  pin   pin  pin  pin  pin   pin   pin   pin   pin pin    pin   ok   pin    ok    ok    ok   410   410
GET /gallery/{gallery_id}                                                   401 401  401   401  401  401  401   401   401   401   401 401    401   ok   pin   pin   401   401   410   410
POST /gallery/{gallery_id}/cap                                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/download.zip                                      401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
HEAD /gallery/{gallery_id}/download.zip                                     401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/checksums.txt                                     401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/downloads                                         401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/downloads/{photo_id}                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/grants                                           401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/grants/{grant_id}/withdraw                       401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/changes                                           401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/compare                                           401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/part                                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/live                                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/photos/{photo_id}                                 401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/photos/{photo_id}/pick                           401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/photos/{photo_id}/remarks                        401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/photos/{photo_id}/remarks/{remark_id}            401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/photos/{photo_id}/remarks/{remark_id}/remove     401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/photos/{photo_id}/unpick                         401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/pin                                               401 401  401   401  401  401  401   401   401   401   401 401    401   ok    ok    ok   401   401   410   410
POST /gallery/{gallery_id}/pin                                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok    ok   401   401   401   410   410
GET /gallery/{gallery_id}/review                                            401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/review/{photo_id}                                 401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/{photo_id}/approve                        401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/{photo_id}/reconsider                     401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/{photo_id}/wishes                         401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/{photo_id}/wishes/{remark_id}/remove      401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/approve                                   401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/review/send                                      401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/sent                                              401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
GET /gallery/{gallery_id}/submit                                            401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
POST /gallery/{gallery_id}/submit                                           401 401  401   401  401  401  401   401   401   401   401 401    401   ok   401   401   401   401   410   410
# Files (an original's proof; the other kinds have a table of their own)
GET /fetch/{grant_key}                                                       ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
HEAD /fetch/{grant_key}                                                      ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /files/{version_id}/{recipe}                                            401 401  401    ok   ok   ok   ok   404    ok   404    ok 404    404   ok   401   404   404   404   410   410
HEAD /files/{version_id}/{recipe}                                           401 401  401    ok   ok   ok   ok   404    ok   404    ok 404    404   ok   401   404   404   404   410   410
# Live pages (an order's topic)
GET /studio/live                                                            401 401  401    ok   ok   ok   ok   404    ok    ok    ok 404    404  401   401   401   401   401   401   401
# Orders and packages
GET /studio/orders                                                          401 401  401    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok  401   401   401   401   401   401   401
POST /studio/orders                                                         401 401  401    ok   ok   ok  403   403   403   403   403 404    404  401   401   401   401   401   401   401
GET /studio/orders/new                                                      401 401  401    ok   ok   ok  403   403   403   403   403  ok     ok  401   401   401   401   401   401   401
GET /studio/orders/{order_id}                                               401 401  401    ok   ok   ok   ok   404    ok    ok    ok 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/links                                        401 401  401    ok   ok   ok  403   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/links/{link_id}/withdraw                     401 401  401    ok   ok   ok  404   404   404   404   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/payments                                     401 401  401    ok   ok   ok  403   404   403    ok   403 404    404  401   401   401   401   401   401   401
GET /studio/orders/{order_id}/photos/{photo_id}                             401 401  401    ok   ok   ok   ok   404    ok   404    ok 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/release                                      401 401  401    ok   ok   ok  403   404   403   403   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/review/round                                 401 401  401    ok   ok   ok  403   404   403   403   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/review/skip                                  401 401  401    ok   ok   ok  403   404   403   403   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/retry                                        401 401  401    ok   ok   ok   ok   404    ok   404   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/photos/{photo_id}/withdraw                   401 401  401    ok   ok   ok  403   404   403   404   403 404    404  401   401   401   401   401   401   401
GET /studio/packages                                                        401 401  401    ok   ok   ok  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
POST /studio/packages                                                       401 401  401    ok   ok  403  403   403   403   403   403  ok     ok  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/plan                                         401 401  401    ok   ok  403  403   404   403   403   403 404    404  401   401   401   401   401   401   401
GET /studio/staff                                                           401 401  401    ok   ok  403  403   403   403   403   403  ok     ok  401   401   401   401   401   401   401
POST /studio/staff/{staff_id}/skills                                        401 401  401    ok   ok  403  403   403   403   403   403  ok    404  401   401   401   401   401   401   401
# The board
GET /studio/board                                                           401 401  401    ok   ok   ok   ok   403    ok   403   403  ok     ok  401   401   401   401   401   401   401
GET /studio/orders/{order_id}/move                                          401 401  401    ok   ok  403  403   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/move                                         401 401  401    ok   ok  403  403   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/undo-move                                    401 401  401    ok   ok  403  403   404   403   403   403 404    404  401   401   401   401   401   401   401
# Customers
GET /studio/customers                                                       401 401  401    ok   ok   ok  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
POST /studio/customers                                                      401 401  401    ok   ok   ok  403   403   403   403   403 404    404  401   401   401   401   401   401   401
GET /studio/customers/found                                                 401 401  401    ok   ok   ok  403   403   403   403   403  ok     ok  401   401   401   401   401   401   401
GET /studio/customers/new                                                   401 401  401    ok   ok   ok  403   403   403   403   403  ok     ok  401   401   401   401   401   401   401
GET /studio/customers/{customer_id}                                         401 401  401    ok   ok   ok  404   404   404    ok   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}                                        401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
GET /studio/customers/{customer_id}/edit                                    401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}/notes                                  401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}/people                                 401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}/people/{person_id}                     401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}/tags                                   401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
POST /studio/customers/{customer_id}/tags/{tag_id}/remove                   401 401  401    ok   ok   ok  404   404   404   403   404 404    404  401   401   401   401   401   401   401
# Money, receipts and the studio's details
GET /studio/orders/{order_id}/account                                       401 401  401    ok   ok   ok  403   404   403    ok   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/charges                                      401 401  401    ok   ok   ok  403   404   403    ok   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/receipts                                     401 401  401    ok   ok   ok  403   404   403    ok   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/refunds                                      401 401  401    ok   ok   ok  403   404   403    ok   404 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/reversals                                    401 401  401    ok   ok   ok  403   404   403    ok   403 404    404  401   401   401   401   401   401   401
GET /studio/orders/{order_id}/receipts/{receipt_id}                         401 401  401    ok   ok   ok  404   404   404    ok   404 404    404  401   401   401   401   401   401   401
HEAD /studio/orders/{order_id}/receipts/{receipt_id}                        401 401  401    ok   ok   ok  404   404   404    ok   404 404    404  401   401   401   401   401   401   401
GET /studio/money                                                           401 401  401    ok   ok  403  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
GET /studio/money/payments                                                  401 401  401    ok   ok  403  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
GET /studio/money/payments.csv                                              401 401  401    ok   ok  403  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
GET /studio/money/unpaid                                                    401 401  401    ok   ok  403  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
GET /studio/money/unpaid.csv                                                401 401  401    ok   ok  403  403   403   403    ok   403  ok     ok  401   401   401   401   401   401   401
GET /studio/settings                                                        401 401  401    ok  403  403  403   403   403   403   403 403     ok  401   401   401   401   401   401   401
POST /studio/settings                                                       401 401  401    ok  403  403  403   403   403   403   403 403     ok  401   401   401   401   401   401   401
POST /studio/packages/{package_id}/retire                                   401 401  401    ok   ok  403  404   404   404   403   404  ok    404  401   401   401   401   401   401   401
# A shoot comes in
POST /studio/orders/{order_id}/complete                                     401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/photos                                       401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/uploads                                      401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/uploads/expected                             401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
DELETE /studio/orders/{order_id}/uploads/{upload_id}                        401 401  401    ok   ok   ok   ok   404   404   404   404 404    404  401   401   401   401   401   401   401
HEAD /studio/orders/{order_id}/uploads/{upload_id}                          401 401  401    ok   ok   ok   ok   404   404   404   404 404    404  401   401   401   401   401   401   401
PATCH /studio/orders/{order_id}/uploads/{upload_id}                         401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
POST /studio/orders/{order_id}/uploads/{upload_id}                          401 401  401    ok   ok   ok   ok   404   404   404   404 404    404  401   401   401   401   401   401   401
# For programs
GET /api/v1/orders                                                          401 401  401    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok  401   401   401   401   401   401   401
GET /api/v1/orders/{order_id}                                               401 401  401    ok   ok   ok   ok   404    ok    ok    ok 404    404  401   401   401   401   401   401   401
POST /api/v1/orders                                                         401 401  401    ok   ok   ok  403   403   403   403   403 404    404  401   401   401   401   401   401   401
GET /api/v1/orders/{order_id}/photos                                        401 401  401    ok   ok   ok   ok   404    ok   403    ok 404    404  401   401   401   401   401   401   401
POST /api/v1/orders/{order_id}/photos                                       401 401  401    ok   ok   ok   ok   404   403   403   403 404    404  401   401   401   401   401   401   401
GET /api/v1/photos/{photo_id}                                               401 401  401    ok   ok   ok   ok   404    ok   404    ok 404    404  401   401   401   401   401   401   401
GET /api/v1/galleries                                                       401 401  401    ok   ok   ok  403   403    ok   403   403  ok     ok  401   401   401   401   401   401   401
GET /api/v1/galleries/{gallery_id}                                          401 401  401    ok   ok   ok  404   404    ok   404   404 404    404  401   401   401   401   401   401   401
GET /api/v1/tasks                                                           401 401  401    ok   ok   ok  403    ok    ok   403    ok  ok     ok  401   401   401   401   401   401   401
GET /api/v1/tasks/{task_id}                                                 401 401  401    ok   ok   ok  404   404    ok   404    ok 404    404  401   401   401   401   401   401   401
GET /developers                                                              ok  ok   ok    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok   ok    ok    ok    ok    ok    ok    ok
GET /studio/keys                                                            401 401  401    ok  403  403  403   403   403   403   403 403     ok  401   401   401   401   401   401   401
POST /studio/keys                                                           401 401  401    ok  403  403  403   403   403   403   403 403     ok  401   401   401   401   401   401   401
POST /studio/keys/{api_key_id}/withdraw                                     401 401  401    ok  404  404  404   404   404   404   404 404    404  401   401   401   401   401   401   401
# The retoucher
GET /studio/job                                                             401 401  401    ok  403  403  403    ok   403   403    ok 403     ok  401   401   401   401   401   401   401
POST /studio/job/take                                                       401 401  401    ok  403  403  403    ok   403   403    ok 403    409  401   401   401   401   401   401   401
POST /studio/job/{task_id}/files                                            401 401  401   422  403  403  404   404   403   404    ok 404    404  401   401   401   401   401   401   401
POST /studio/job/{task_id}/give-back                                        401 401  401   409  403  403  404   404   403   404    ok 404    404  401   401   401   401   401   401   401
POST /studio/job/{task_id}/hand-in                                          401 401  401   422  403  403  404   404   403   404    ok 404    404  401   401   401   401   401   401   401
POST /studio/job/{task_id}/match                                            401 401  401   409  403  403  404   404   403   404    ok 404    404  401   401   401   401   401   401   401
GET /studio/job/{task_id}/packet.zip                                        401 401  401    ok   ok   ok  404   404    ok   404    ok 404    404  401   401   401   401   401   401   401
POST /studio/job/{task_id}/remarks/{remark_id}                              401 401  401   409  403  403  404   404   403   404    ok 404    404  401   401   401   401   401   401   401
# The quality check
GET /studio/quality                                                         401 401  401    ok  403  403  403   403    ok   403   403 403     ok  401   401   401   401   401   401   401
GET /studio/quality/{task_id}                                               401 401  401    ok  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/accept                                       401 401  401    ok  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/send-back                                    401 401  401    ok  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/photos/{photo_id}/mark                       401 401  401    ok  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/pins                                         401 401  401    ok  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/pins/{pin_id}/remove                         401 401  401   403  403  403  404   404    ok   404   403 404    404  401   401   401   401   401   401   401
POST /studio/quality/{task_id}/undo                                         401 401  401   409  403  403  404   404   409   404   403 404    404  401   401   401   401   401   401   401
POST /studio/surround                                                       401 401  401    ok   ok   ok   ok    ok    ok    ok    ok  ok     ok  401   401   401   401   401   401   401
"""


def read() -> dict[str, dict[str, str]]:
    """Read the table: route, then visitor, then what is answered."""
    found: dict[str, dict[str, str]] = {}
    lines = [line for line in TABLE.splitlines() if line.strip() and not line.startswith("#")]
    heads = lines[0].split()
    assert heads == list(COLUMNS)
    for line in lines[1:]:
        method, path, *cells = line.split()
        assert len(cells) == len(heads), line
        assert f"{method} {path}" not in found, line
        found[f"{method} {path}"] = dict(zip(COLUMNS.values(), cells, strict=True))
    return found


def right_person(row: dict[str, str]) -> str:
    """Name who would succeed, or at least may try, by a route's line."""
    for good in ({"ok", "in"}, {"409", "422"}):
        for who in ("own_retoucher", "owner", "quality_lead", "customer"):
            if row[who] in good:
                return who
    raise LookupError(row)
