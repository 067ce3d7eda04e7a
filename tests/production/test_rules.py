"""Stages, packet names, and finding out which photo a finished file is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.production import rules
from app.production.schemas import STAGES

PACKET = {"1": "IMG_1234.CR3", "2": "DSC_0001.JPG", "3": "DSC_0001~2.JPG", "4": "婚纱照 第1张.JPG", "5": "étoile.jpg"}


@pytest.mark.parametrize(
    ("name", "photo"),
    [
        ("IMG_1234.jpg", "1"),
        ("img_1234-Edit.tif", "1"),
        ("IMG_1234_精修.JPG", "1"),
        ("IMG_1234-Edit-2.jpg", None),
        ("IMG_1234 (1).jpg", "1"),
        ("IMG_1234_v2_final.psd", "1"),
        ("IMG_12345.jpg", None),
        ("DSC_0001_精修.jpg", "2"),
        ("DSC_0001~2-Edit.tif", "3"),
        ("婚纱照 第1张_精修.jpg", "4"),
        ("e\u0301toile.jpg", "5"),
        ("-Edit.jpg", None),
        ("", None),
    ],
)
def test_a_finished_file_is_matched_by_the_cameras_name(name: str, photo: str | None) -> None:
    assert rules.match_name(name, PACKET) == photo


def test_a_name_that_fits_two_photos_fits_none() -> None:
    assert rules.match_name("a.jpg", {"1": "A.JPG", "2": "a.tif"}) is None


@given(st.lists(st.text(alphabet="aA1~._é", min_size=1, max_size=6), max_size=12))
def test_packet_names_are_unique_on_every_system(names: list[str]) -> None:
    unique = rules.packet_names(names)
    assert len({name.casefold() for name in unique}) == len(names)


def test_every_photo_is_found_again_by_its_packet_name() -> None:
    names = rules.packet_names(["DSC_1.JPG", "dsc_1.jpg", "DSC_1.JPG", "x.ARW"])
    packet = {str(n): name for n, name in enumerate(names)}
    assert [rules.match_name(name.rpartition(".")[0] + "-Edit.jpg", packet) for name in names] == ["0", "1", "2", "3"]


def test_the_default_workflow_leads_from_the_photos_to_the_delivery() -> None:
    stage, way = rules.DEFAULT_WORKFLOW["first"], []
    events = ("photos_ready", "submitted", "handed_in", "sent_back", "handed_in", "accepted", "change_asked",
              "handed_in", "accepted", "approved", "released")  # fmt: skip
    for event in events:
        stage = rules.next_stage(rules.DEFAULT_WORKFLOW, stage, event)
        way.append(stage)
    assert way == [
        "selection", "retouch", "quality", "retouch", "quality", "review", "retouch", "quality", "review", "release",
        "delivery",
    ]  # fmt: skip


def test_an_edition_of_the_default_way_is_known_again_and_a_studios_own_is_not() -> None:
    assert [rules.is_former(edition) for edition in rules.WORKFLOWS] == [True, False]
    own = {**rules.WORKFLOWS[0], "first": "selection"}
    assert not rules.is_former(own)


@pytest.mark.parametrize(("stage", "event"), [("selection", "released"), ("intake", "accepted"), ("nowhere", "begun")])
def test_an_event_that_means_nothing_moves_nothing(stage: str, event: str) -> None:
    assert rules.next_stage(rules.DEFAULT_WORKFLOW, stage, event) is None


def test_every_stage_of_the_default_workflow_has_a_name() -> None:
    assert {stage["key"] for stage in rules.DEFAULT_WORKFLOW["stages"]} == set(STAGES)
