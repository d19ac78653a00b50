"""Finding and unpacking Odoo, without the network."""

import pytest
from school_meal_tools import odoo_source
from school_meal_tools.console import Failure


def make_odoo(folder, version="19, 0"):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo/release.py").write_text(f"version_info = ({version}, 0, FINAL)\n")
    return folder


def test_a_checkout_is_taken_as_it_is(tmp_path):
    assert odoo_source.from_given(make_odoo(tmp_path)) == tmp_path


def test_an_unpacked_package_is_recognised(tmp_path):
    inside = make_odoo(tmp_path / "usr/lib/python3/dist-packages")
    assert odoo_source.from_given(tmp_path) == inside


@pytest.mark.parametrize("version", ["18, 0", "20, 0"])
def test_another_series_is_refused_by_name(tmp_path, version):
    make_odoo(tmp_path, version)
    with pytest.raises(Failure, match=version.replace(", ", r"\.")):
        odoo_source.from_given(tmp_path)


def test_a_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(Failure, match="no Odoo"):
        odoo_source.from_given(tmp_path)


def test_absolute_links_are_turned_into_the_unpacked_root(tmp_path):
    (tmp_path / "usr/share").mkdir(parents=True)
    (tmp_path / "usr/share/font.otf").write_text("font")
    link = tmp_path / "usr/font.otf"
    link.symlink_to("/usr/share/font.otf")
    odoo_source.mend_links(tmp_path)
    assert link.read_text() == "font"


def test_stripped_scripts_are_filled_in(tmp_path):
    odoo_source.fill_stripped(tmp_path)
    assert all((tmp_path / name).exists() for name in odoo_source.STRIPPED)


def test_unpacking_leaves_nothing_half_done(tmp_path):
    broken = tmp_path / "broken.deb"
    broken.write_text("not a package")
    target = tmp_path / "odoo"
    with pytest.raises(Failure):
        odoo_source.unpack([broken], target)
    assert not target.exists()
