"""Every page of the studio's side."""

from litestar.types import ControllerRouterHandler

from portal.studio import job, orders, packages, quality, sign_in, staff

STUDIO: tuple[ControllerRouterHandler, ...] = (
    sign_in.landing,
    sign_in.studio_home,
    sign_in.sign_in_page,
    sign_in.sign_in,
    sign_in.sign_in_link_page,
    sign_in.use_sign_in_link,
    sign_in.sign_out,
    orders.order_list,
    orders.new_order_page,
    orders.add_order,
    orders.order_page,
    orders.photo_page,
    orders.retry,
    orders.record_payment,
    orders.make_link,
    orders.withdraw_link,
    orders.release,
    packages.package_page,
    packages.add_package,
    staff.staff_list,
    staff.set_skills,
    orders.plan,
    job.job_page,
    job.take,
    job.give_back,
    job.packet,
    job.tick,
    job.hand_in_files,
    job.match,
    job.hand_in,
    quality.queue_page,
    quality.task_page,
    quality.accept,
    quality.send_back,
)
