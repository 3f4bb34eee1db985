"""The user's own data to take along: /export/storage.csv, io.csv, jobs.csv."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response

from user_dashboard.export import storage_csv
from user_dashboard.io.data import IoFile
from user_dashboard.io.export import io_csv
from user_dashboard.jobs.data import JobsFile
from user_dashboard.jobs.export import jobs_csv
from user_dashboard.own_file import OwnFile
from user_dashboard.published import PublishedFile
from web_shared.error_pages import error_answer


def add_exports(app: Flask, user: str, storage: PublishedFile, io: IoFile, jobs: JobsFile) -> None:
    @app.get("/export/storage.csv")
    def export_storage() -> Response:
        return _csv(user, "storage", storage, storage_csv)

    @app.get("/export/io.csv")
    def export_io() -> Response:
        if not io.is_there():
            return error_answer(
                404, "this facility has no I/O log", "What you hold on the storage is in /export/storage.csv."
            )
        return _csv(user, "io", io, io_csv)

    @app.get("/export/jobs.csv")
    def export_jobs() -> Response:
        if not jobs.is_there():
            return error_answer(
                404, "this facility has no queue", "What you hold on the storage is in /export/storage.csv."
            )
        return _csv(user, "jobs", jobs, jobs_csv)


def _csv(user: str, name: str, file: OwnFile[Any], write: Callable[[Any], str]) -> Response:
    reading = file.read()
    if reading.content is None and reading.problem is not None:
        return error_answer(503, reading.problem.message, reading.problem.remedy)
    answer = make_response(write(reading.content))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{user}-{name}.csv"'
    return answer
