"""Evidence on the public form: looked at by its bytes, refused in a sentence, and the rest stays."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Draft, DraftFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(client, go):
    go("what-happened", subject="x", description="y", language="en")

    def _add(*files, **more):
        return client.post("/file/evidence/", {"evidence": list(files), "add-files": "1"} | more)

    return _add


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("film.mp4", b"\x00" * (30 * 1024 * 1024), "has 30 MB; at most 10 MB are taken"),
        ("page.png", b"<html><script>alert(1)</script></html>", "is not what its name says"),
        ("empty.png", b"", "is empty"),
        ("virus.exe", b"MZ" + b"\x00" * 100, "files of this kind are not taken"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(add, name, content, sentence):
    page = add(SimpleUploadedFile(name, content))
    assert page.status_code == 422
    body = page.content.decode()
    assert sentence in body
    assert name in body
    assert not DraftFile.objects.exists()


def test_the_good_ones_stay_when_one_is_bad(add, picture):
    page = add(picture("good.png"), SimpleUploadedFile("bad.png", b"<html>"))
    assert page.status_code == 422
    assert [one.name for one in DraftFile.objects.all()] == ["good.png"]
    assert "good.png" in page.content.decode()


def test_a_file_chosen_and_not_added_is_not_lost_on_going_on(client, add, picture):
    page = client.post("/file/evidence/", {"evidence": [picture()], "go-on": "1"})
    assert page.url == "/file/contact/"
    assert DraftFile.objects.count() == 1


def test_a_file_can_be_taken_out_again_with_its_bytes(client, add, picture):
    add(picture())
    kept = DraftFile.objects.get()
    storage, name = kept.file.storage, kept.file.name
    assert storage.exists(name)
    client.post("/file/evidence/", {"remove": str(kept.pk)})
    assert not DraftFile.objects.exists()
    assert not storage.exists(name)


def test_nobody_takes_out_the_files_of_another_draft(client, add, picture):
    add(picture())
    client.cookies.clear()
    client.post("/file/what-happened/", {"subject": "x", "description": "y", "language": "en"})
    client.post("/file/evidence/", {"remove": str(DraftFile.objects.get().pk)})
    assert DraftFile.objects.count() == 1
    assert Draft.objects.count() == 2


def test_more_files_than_are_taken_are_refused_by_number(add, picture, settings):
    settings.EVIDENCE_MAX_FILES = 2
    page = add(picture("1.png"), picture("2.png"), picture("3.png"))
    assert "“3.png” is left out: at most 2 files are taken." in page.content.decode()
    assert DraftFile.objects.count() == 2


@pytest.mark.parametrize("remove", ["nothing", "-1", "9" * 40, "²"])
def test_a_forged_number_does_no_harm(client, add, remove):
    assert client.post("/file/evidence/", {"remove": remove}).status_code == 302
