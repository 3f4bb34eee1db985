"""/api/search: anything by a part of its name."""

from apiflask import APIBlueprint, Schema
from apiflask.fields import Integer, String
from apiflask.validators import Length, OneOf
from flask import Response

from overview.api.listing import ListHeaders, answer_list
from overview.api.queries import Listed, ListQuery
from overview.search import TITLES, TOPICS, hits
from usage_store.engine import Store, StoreConnection
from usage_store.paging import Page, Window, cut
from usage_store.search import LONGEST_TEXT, MOST_OF_EACH


class SearchQuery(ListQuery):
    q = String(
        load_default="",
        validate=Length(max=LONGEST_TEXT),
        metadata={"description": "A part of a name, in whatever case; of a job, of its number too."},
    )


class SearchListed(Listed):
    """A checked SearchQuery."""

    q: str


class HitAnswer(Schema):
    kind = String(required=True, validate=OneOf(list(TITLES)))
    name = String(required=True)
    fact = String(required=True, metadata={"description": "What is known of it at once, in words."})
    time = Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Epoch seconds, of what `fact` says, where that grows old."},
    )
    link = String(required=True, metadata={"description": "Its page in the overview."})


def search_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("search_api", __name__, tag="Search")

    @api.get("/api/search")
    @api.input(SearchQuery, location="query")
    @api.output(HitAnswer(many=True), headers=ListHeaders)
    @api.doc(
        summary="Anything by a part of its name",
        description=f"Users, hosts, clusters, machines, backups and jobs, at most {MOST_OF_EACH} of each, "
        "those whose name begins so first. Of jobs that ended, only how their number begins is looked up.",
        responses=[401],
    )
    def search(query_data: SearchListed) -> Response:
        def read(connection: StoreConnection, window: Window) -> Page:
            return cut([hit._asdict() for hit in hits(connection, query_data["q"])], window)

        return answer_list(store, TOPICS, query_data, HitAnswer, "usermon-search.csv", read)

    return api
