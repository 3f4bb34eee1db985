"""/api/alerts: what is wrong, what was, and who was told."""

from apiflask import APIBlueprint
from flask import Response

from overview.alert_views import Wanted, answer_page
from overview.api.alerts_schemas import AlertAnswer, AlertsListed, AlertsQuery
from overview.api.listing import ListHeaders, answer_list
from usage_store.alerts import TOPIC
from usage_store.engine import Store, StoreConnection
from usage_store.paging import Page, Window


def alerts_api(store: Store) -> APIBlueprint:
    api = APIBlueprint("alerts_api", __name__, tag="Alerts")

    @api.get("/api/alerts")
    @api.input(AlertsQuery, location="query")
    @api.output(AlertAnswer(many=True), headers=ListHeaders)
    @api.doc(summary="Alerts that are open, or were, each with whom it was told")
    def alerts(query_data: AlertsListed) -> Response:
        wanted = Wanted(query_data["state"], query_data["kind"], query_data["subject"])

        def read(connection: StoreConnection, window: Window) -> Page:
            return answer_page(connection, wanted, window)

        return answer_list(store, (TOPIC,), query_data, AlertAnswer, "usermon-alerts.csv", read)

    return api
