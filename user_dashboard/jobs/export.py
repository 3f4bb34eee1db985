"""The user's own jobs as CSV: what runs and waits, then what ended; times in the facility's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from user_dashboard.csv_cells import text_cell
from user_dashboard.jobs.data import Jobs
from user_dashboard.wording import plain

HEADER = (
    "cluster,job,name,queue,state,processors,gpus,nodes,submitted,started,ended,elapsed_seconds,"
    "cpu_hours,gpu_hours,exit_code,reason\n"
)


def jobs_csv(jobs: Jobs | None) -> str:
    """A header alone when there are none yet."""
    lines = [HEADER]
    if jobs is None:
        return lines[0]
    current, finished, zone = jobs.published.current, jobs.published.finished, jobs.zone
    for n in range(len(current.job_id)):
        texts = (current.cluster[n], current.job_id[n], current.name[n], current.queue[n], current.status[n])
        cells = [
            *(text_cell(text) for text in texts),
            *(str(column[n]) for column in (current.processors, current.gpus, current.nodes)),
            *(_moment(column[n], zone) for column in (current.submitted, current.started)),
            *("", "", "", "", ""),
            text_cell(current.reason[n] or ""),
        ]
        lines.append(f"{','.join(cells)}\n")
    for n in range(len(finished.job_id)):
        seconds = finished.seconds[n]
        texts = (finished.cluster[n], finished.job_id[n], "", finished.queue[n], finished.status[n])
        cells = [
            *(text_cell(text) for text in texts),
            *(str(column[n]) for column in (finished.processors, finished.gpus)),
            "",
            *(_moment(column[n], zone) for column in (finished.submitted, finished.started, finished.ended)),
            str(seconds),
            *(plain(seconds * column[n] / 3600) for column in (finished.processors, finished.gpus)),
            text_cell(finished.exit_code[n] or ""),
            "",
        ]
        lines.append(f"{','.join(cells)}\n")
    return "".join(lines)


def _moment(second: int | None, zone: ZoneInfo) -> str:
    return "" if second is None else f"{datetime.fromtimestamp(second, zone):%Y-%m-%d %H:%M:%S}"
