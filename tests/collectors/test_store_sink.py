"""What is collected on the hub belongs to the hub."""

from collectors.reading import Reading
from collectors.store_sink import StoreSink
from tests.factories import source
from tests.host_samples import host_info
from usage_store.delivered_names import claim_names
from usage_store.engine import Store


def test_a_host_that_the_hub_begins_to_collect_is_no_agents_any_more(sqlite_store: Store) -> None:
    info = host_info("calc-01")
    with sqlite_store.writing() as connection:
        assert claim_names(connection, "hosts", "node1", [info]) == {}
    StoreSink(sqlite_store).save(source("here"), "hosts", [Reading("the machine", 0, (info,), ())], 1.0)
    with sqlite_store.writing() as connection:
        refused = claim_names(connection, "hosts", "node1", [info])
    assert list(refused.values()) == ["the host 'calc-01' is collected on the hub"]
