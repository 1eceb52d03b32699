# syntax=docker/dockerfile:1
# Two stages: the environment is built with pip, the image that runs holds neither compilers nor caches.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/kefu
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app app
COPY ingest ingest
COPY index index
# The plain package of torch brings gigabytes for graphics cards. PyTorch's index of CPU builds does not:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=<that index> .
ARG PIP_EXTRA_INDEX_URL=
RUN /opt/kefu/bin/pip install --constraint constraints.txt ".[postgres]"

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 kefu \
 && useradd --uid 10001 --gid kefu --home-dir /data --no-create-home kefu \
 && install -d -o kefu -g kefu /data /models /knowledge
COPY --from=build /opt/kefu /opt/kefu
COPY --chown=kefu:kefu knowledge /knowledge
COPY --chown=kefu:kefu policies /policies
ENV PATH=/opt/kefu/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KEFU_HOME=/data \
    KEFU_MODELS__CACHE=/models \
    KEFU_INGEST__KNOWLEDGE=/knowledge \
    KEFU_MARKETING__CATALOGUE=/knowledge/catalogue/products.csv \
    KEFU_PICKING__CATALOGUE=/knowledge/catalogue/products.csv \
    KEFU_STOCK__CATALOGUE=/knowledge/catalogue/products.csv \
    KEFU_POLICY__RULES=/policies/rules.yaml \
    KEFU_SERVER__HOST=0.0.0.0
USER kefu
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 8620
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8620/livez', timeout=4)"]
CMD ["kefu", "serve"]
