"""The lock file of Odoo's Debian packages."""

import pytest
from school_meal_tools import lock, paths

SUM = "a" * 64
ODOO = lock.Package("odoo-19", "sid", "19.0.0+dfsg-1", SUM)
ICONS = lock.Package("fonts-font-awesome", "bookworm", "5.0.10+really4.7.0-4", SUM)


def test_the_lock_of_the_repository_names_odoo_and_the_old_icons():
    packages = lock.parse_lock(paths.ODOO_LOCK.read_text())
    by_name = {package.name: package for package in packages}
    assert by_name["odoo-19"].suite == "sid"
    assert "really4.7" in by_name["fonts-font-awesome"].version


def test_comments_and_empty_lines_are_skipped():
    text = f"# why\n\nodoo-19 sid 19.0.0+dfsg-1 {SUM}  # main\n"
    assert lock.parse_lock(text) == [ODOO]


@pytest.mark.parametrize(
    "line", ["odoo-19 sid 19.0", f"odoo-19 sid 19.0 {SUM} more", "odoo-19 sid 1 zz"]
)
def test_a_broken_line_is_named(line):
    with pytest.raises(ValueError, match="line 2"):
        lock.parse_lock(f"# head\n{line}\n")


def test_the_cache_key_follows_every_field():
    changed = lock.Package("odoo-19", "sid", "19.0.0+dfsg-1", "b" * 64)
    assert lock.lock_key([ODOO]) != lock.lock_key([changed])
    assert lock.lock_key([ODOO]) == lock.lock_key([ODOO])


@pytest.mark.parametrize(
    ("package", "version", "accepted"),
    [
        (ODOO, "19.0.0+dfsg-2", True),
        (ODOO, "19.1.0-1", False),
        (ODOO, "20.0.0-1", False),
        (ICONS, "5.0.10+really4.7.0~dfsg-5", True),
        (ICONS, "7.0.1-1", False),
        (lock.Package("fonts-montserrat", "sid", "9", SUM), "10", True),
    ],
)
def test_another_version_is_used_only_where_it_fits(package, version, accepted):
    assert lock.is_acceptable(package, version) is accepted
