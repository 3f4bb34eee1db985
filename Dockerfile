# Images of Usermon: `orchestrator build` (or `make images`) fills the build context and calls the engine.
#
#   lock.txt    what to install, with hashes: the lines of locks/*.txt that hold for this base image
#   wheels/     those very files, resolved on the host: nothing is fetched in here
#   packages/   our own packages
#
# The classic builder must do: no BuildKit syntax. Proxies, mirrors and certificates are the host's business.

ARG BASE_IMAGE=python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS installed
ARG OPTIMIZE=0
COPY wheels /build/wheels
COPY lock.txt /build/
# Only what the lock names stays: neither pip nor what a virtual environment is born with.
RUN python3 -m venv /opt/usermon/venv \
 && /opt/usermon/venv/bin/python -m pip uninstall --quiet --yes setuptools \
 && /opt/usermon/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile \
      --no-index --find-links /build/wheels --no-deps --require-hashes -r /build/lock.txt \
 && rm -rf /opt/usermon/venv/lib/python3*/site-packages/pip /opt/usermon/venv/lib/python3*/site-packages/pip-* \
 && find /opt/usermon/venv/bin -mindepth 1 ! -name 'python*' -delete \
 && find /opt/usermon/venv \( -name '*.map' -o -name 'distutils-precedence.pth' \) -delete
# The root file system is read-only, so bytecode is written now or never: that of Python's own library too.
# It is never compared with its source, which nobody changes in an image.
RUN mkdir /opt/usermon/stdlib && touch /build/begin \
 && library=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["stdlib"])') \
 && python3 -m compileall -f -q -j 0 -o "${OPTIMIZE}" --invalidation-mode unchecked-hash \
      -x '/(test|tests|idlelib|lib2to3|tkinter|turtledemo|ensurepip)/' \
      /opt/usermon/venv/lib "$library" \
 && cd / && find ".$library" -name '*.pyc' -newer /build/begin -print0 \
      | xargs -0 cp --parents --target-directory /opt/usermon/stdlib
COPY packages /opt/usermon/lib
RUN python3 -m compileall -q -o "${OPTIMIZE}" --invalidation-mode unchecked-hash /opt/usermon/lib

FROM ${BASE_IMAGE} AS usermon
# Both steps also where the base image has no such tools.
RUN echo 'usermon:x:10001:' >> /etc/group \
 && echo 'usermon:x:10001:10001:Usermon:/nonexistent:/usr/sbin/nologin' >> /etc/passwd
COPY --from=installed /opt/usermon/stdlib /
COPY --from=installed /opt/usermon/venv /opt/usermon/venv
COPY --from=installed /opt/usermon/lib /opt/usermon/lib
ENV PATH=/opt/usermon/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/usermon/lib \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LANG=C.UTF-8
WORKDIR /
USER 10001:10001

FROM usermon AS services
EXPOSE 8080
CMD ["python", "-m", "overview", "serve", "--host", "0.0.0.0", "--port", "8080"]

# The last: the classic builder runs the steps of all stages before the one it is asked for.
FROM usermon AS user-dashboard
# What each start would find, read and compile anew: docs/decisions/0024.
USER 0:0
RUN python -OO -m user_dashboard.prepare
USER 10001:10001
# One arena: a small program with a few threads needs no more, and it keeps tens of megabytes.
ENV MALLOC_ARENA_MAX=1
EXPOSE 8050
HEALTHCHECK --interval=60s --timeout=10s CMD ["bash", "-c", "while read -r _ local _ state queues _; do [[ $state == 0A && $local == *:1F72 ]] && ((16#${queues#*:} < 64)) && exit 0; done </proc/net/tcp; exit 1"]
CMD ["python", "-OO", "-m", "user_dashboard"]
