# One image for every process of the hub; the command says which (docker-compose.yml).
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/sygesikring

# The dependencies are a layer of their own: a change of our code does not fetch them again.
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY contracts contracts
COPY shared shared
COPY services services
COPY simulators simulators
COPY ingest ingest
COPY embedded embedded
COPY cli cli
RUN python -m pip install --no-deps --no-build-isolation -e . \
    && useradd --system --uid 10001 --no-create-home sygesikring

USER 10001
EXPOSE 8080
CMD ["sygesikring", "--help"]
