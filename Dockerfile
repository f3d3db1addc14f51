# Two images from one file:
#   docker build --target serve .   the API, without torch (the default)
#   docker build --target train .   the same with torch, for `tastegraph retrain`

FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

FROM base AS build
WORKDIR /source
RUN python -m venv /opt/tastegraph
ENV PATH=/opt/tastegraph/bin:$PATH
COPY requirements/bootstrap.lock requirements/
RUN pip install --require-hashes -r requirements/bootstrap.lock

FROM build AS build-serve
COPY requirements/serve.lock requirements/
RUN uv pip install --no-cache --python /opt/tastegraph/bin/python --require-hashes \
    -r requirements/serve.lock
COPY . .
RUN uv pip install --no-cache --python /opt/tastegraph/bin/python --offline \
    --no-deps --no-build-isolation .

FROM build AS build-train
COPY requirements/train.lock requirements/
RUN uv pip install --no-cache --python /opt/tastegraph/bin/python --require-hashes \
    -r requirements/train.lock
COPY . .
RUN uv pip install --no-cache --python /opt/tastegraph/bin/python --offline \
    --no-deps --no-build-isolation .

FROM base AS run
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tastegraph \
    && install --directory --owner tastegraph --group tastegraph --mode 0750 /data
ENV PATH=/opt/tastegraph/bin:$PATH \
    TASTEGRAPH_HOME=/data \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /data
VOLUME /data
USER 10001
ENTRYPOINT ["tastegraph"]

FROM run AS train
COPY --from=build-train /opt/tastegraph /opt/tastegraph
CMD ["retrain"]

FROM run AS serve
COPY --from=build-serve /opt/tastegraph /opt/tastegraph
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["serve", "--empty"]
