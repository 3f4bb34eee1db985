"""The plan: pure, so that every case is a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan import Action, ListRefused, make_plan, refuse_empty, refuse_shrink
from orchestrator.runtimes import ContainerSpec, Role, Running, State
from tests.orchestrator.specs import running_of, service, spec_of

ALICE, BOB, CHARLIE = spec_of("alice", 8100), spec_of("bob", 8101), spec_of("charlie", 8102)


def only_step(found: Running | None) -> tuple[Action, str]:
    (step,) = make_plan([ALICE], [] if found is None else [found]).steps
    return step.action, step.cause


def test_what_is_not_there_is_started() -> None:
    assert only_step(None) == (Action.START, "not there")


def test_what_runs_as_wanted_is_kept() -> None:
    assert only_step(running_of(ALICE)) == (Action.KEEP, "as wanted")
    assert only_step(running_of(ALICE, State.STARTING))[0] is Action.KEEP


def test_another_image_or_other_settings_are_replaced_and_told_apart() -> None:
    older_image = spec_of("alice", 8100, image_id="sha256:0000")
    assert only_step(running_of(older_image)) == (Action.REPLACE, "runs an older image")
    less_memory = spec_of("alice", 8100, memory_bytes=64 << 20)
    assert only_step(running_of(less_memory)) == (Action.REPLACE, "runs with older settings")
    other_port = spec_of("alice", 8109)
    assert only_step(running_of(other_port)) == (Action.REPLACE, "runs with older settings")


def test_what_stopped_or_crashed_is_mended_with_its_reason() -> None:
    stopped = running_of(ALICE, State.STOPPED, "exit code 137")
    assert only_step(stopped) == (Action.START, "stands still (exit code 137)")
    crashed = running_of(ALICE, State.FAILED, "restarts over and over")
    assert only_step(crashed) == (Action.REPLACE, "failed (restarts over and over)")


def test_orphans_are_listed_and_stay() -> None:
    plan = make_plan([ALICE], [running_of(ALICE), running_of(BOB)])
    assert [orphan.user for orphan in plan.orphans] == ["bob"]
    assert not plan.changes


def test_orphans_are_removed_when_told_to() -> None:
    plan = make_plan([ALICE], [running_of(ALICE), running_of(BOB)], remove_orphans=True)
    (change,) = plan.changes
    assert (change.action, change.user, change.cause) == (Action.STOP, "bob", "in no list any more")


def test_services_are_never_orphans() -> None:
    plan = make_plan([], [service(Role.OVERVIEW), service(Role.COLLECTORS)], remove_orphans=True)
    assert (plan.steps, plan.orphans) == ((), ())


def test_a_list_without_anybody_is_refused_unless_the_admin_insists() -> None:
    with pytest.raises(ListRefused) as error:
        refuse_empty([], allow_empty=False)
    assert "--allow-empty" in error.value.remedy
    refuse_empty([], allow_empty=True)
    refuse_empty(["alice"], allow_empty=False)


def test_a_list_that_drops_more_than_half_is_refused_unless_the_admin_insists() -> None:
    running = [running_of(spec) for spec in (ALICE, BOB, CHARLIE)]
    with pytest.raises(ListRefused, match="2 of 3") as error:
        refuse_shrink(["alice"], running, allow_shrink=False)
    assert "--allow-shrink" in error.value.remedy
    refuse_shrink(["alice"], running, allow_shrink=True)
    refuse_shrink(["alice", "bob"], running, allow_shrink=False)


def test_half_may_go_and_what_stands_still_does_not_count() -> None:
    refuse_shrink(["alice"], [running_of(ALICE), running_of(BOB)], allow_shrink=False)
    refuse_shrink(["alice"], [running_of(s, State.STOPPED) for s in (BOB, CHARLIE)], allow_shrink=False)


specs = st.lists(
    st.builds(
        spec_of,
        st.sampled_from(["alice", "bob", "charlie", "dave"]),
        st.integers(8100, 8103),
        image_id=st.sampled_from(["sha256:1111", "sha256:2222"]),
    ),
    unique_by=lambda spec: spec.name,
)
containers = st.lists(
    st.builds(running_of, specs.filter(bool).map(lambda s: s[0]), st.sampled_from(State)),
    unique_by=lambda container: container.name,
)


@given(specs, containers, st.booleans())
def test_after_the_plan_there_is_nothing_left_to_do(
    wanted: list[ContainerSpec], running: list[Running], remove_orphans: bool
) -> None:
    plan = make_plan(wanted, running, remove_orphans=remove_orphans)
    stopped = {step.name for step in plan.steps if step.action is Action.STOP}
    after = [running_of(step.spec) for step in plan.steps if step.spec is not None]
    after += [orphan for orphan in plan.orphans if orphan.name not in stopped]
    again = make_plan(wanted, after, remove_orphans=remove_orphans)
    assert not again.changes


@given(specs, containers)
def test_every_container_appears_exactly_once(wanted: list[ContainerSpec], running: list[Running]) -> None:
    plan = make_plan(wanted, running, remove_orphans=True)
    names = [step.name for step in plan.steps]
    assert len(names) == len(set(names))
    assert set(names) >= {container.name for container in running}


def test_a_plan_for_ten_thousand_users_is_complete() -> None:
    wanted = [spec_of(f"user{n}", 10_000 + n) for n in range(10_000)]
    plan = make_plan(wanted, [running_of(spec) for spec in wanted[::2]])
    assert sum(step.action is Action.START for step in plan.steps) == 5_000
    assert len(plan.changes) == 5_000
