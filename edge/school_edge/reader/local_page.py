"""The agent's own page http://127.0.0.1:8970/: code, readers, connected pages."""

from __future__ import annotations

from html import escape

#: What tells the agent from another program on its port.
TITLE = "<title>Считыватель карт</title>"
PAGE = """\
<!DOCTYPE html>
<html lang="ru">
<meta charset="utf-8">
<meta http-equiv="refresh" content="3">
<title>Считыватель карт</title>
<style>
body {{ font: 18px/1.5 sans-serif; margin: 2rem auto; max-width: 40rem;
 padding: 0 1rem; color: #1f2937; }}
code {{ display: block; font-size: 4rem; letter-spacing: .3rem; }}
.bad {{ color: #b91c1c; }}
</style>
<h1>Считыватель карт</h1>
<p>Код для подключения страницы (касса, раздача, выдача карт):
<code id="code">{code}</code>
Код действует десять минут и подходит один раз.</p>
<h2>Считыватели</h2>
{readers}
<h2>Подключённые страницы</h2>
{pages}
{refused}
</html>
"""
NO_READER = "Считывателей не найдено. Подключите считыватель к компьютеру."
NO_PAGE = "Пока ни одной."
REFUSED = (
    "Страница {origin} не подключена: этого адреса нет в настройке origins."
    " Если это ваш сервер, добавьте его и перезапустите программу."
)


def render(*, code: str, readers: list[dict], pages: list[str], refused: str) -> str:
    """
    >>> "<b>" in render(code="000111", readers=[], pages=["<b>"], refused="<b>")
    False
    """
    names = [name for item in readers for name in item["names"]]
    problems = [item["problem"] for item in readers if item["problem"]]
    return PAGE.format(
        code=f"{escape(code[:3])} {escape(code[3:])}",
        readers=_list(names, NO_READER) + "".join(_bad(text) for text in problems),
        pages=_list(pages, NO_PAGE),
        refused=_bad(REFUSED.format(origin=refused)) if refused else "",
    )


def _list(names: list[str], nothing: str) -> str:
    if not names:
        return f"<p>{escape(nothing)}</p>"
    return "<ul>" + "".join(f"<li>{escape(name)}</li>" for name in names) + "</ul>"


def _bad(text: str) -> str:
    return f'<p class="bad">{escape(text)}</p>'
