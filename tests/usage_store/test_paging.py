from sqlalchemy import select

from usage_store.engine import Store
from usage_store.names import ids_of_users
from usage_store.paging import Page, Window, cut, fetch_page
from usage_store.schema import users


def test_a_page_of_a_query_counts_the_rows_outside_it(store: Store) -> None:
    with store.writing() as connection:
        ids_of_users(connection, {"alice", "bob", "charlie"})
        query = select(users.c.name).order_by(users.c.name)
        pages = [fetch_page(connection, query, window) for window in (Window(2), Window(2, 2), Window(2, 9))]
    assert [(len(page.rows), page.total) for page in pages] == [(2, 3), (1, 3), (0, 3)]
    assert pages[0].rows[0] == {"name": "alice"}


def test_a_page_of_a_list_in_memory_counts_the_rows_outside_it() -> None:
    rows = [{"name": name} for name in ("alice", "bob", "charlie")]
    assert cut(rows, Window(2, 1)) == Page(rows[1:], 3)
