#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p ci --set registry=ghcr.io/example --set 'publish=[production]' Dockerfile.j2 --format sh
# Note: a loaded image that the Dockerfile names is found by every engine, but not by a builder of the docker-container driver, which asks a registry
set -eu
export DOCKER_BUILDKIT=1

dfrender render -p ci --set registry=ghcr.io/example --set 'publish=[production]' Dockerfile.j2

# builder-base
docker build \
  --file=Dockerfile.ci \
  --target=builder-base \
  --tag=ghcr.io/example/builder-base:latest \
  .

# development
docker image inspect ghcr.io/example/builder-base:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=development \
  --build-arg=IMAGE_TAG=latest \
  --tag=ghcr.io/example/development:latest \
  .

# unit-tests
docker image inspect ghcr.io/example/development:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=unit-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=ghcr.io/example/unit-tests:latest \
  .

# integration-tests
docker image inspect ghcr.io/example/development:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=integration-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=ghcr.io/example/integration-tests:latest \
  .

# production
docker image inspect ghcr.io/example/builder-base:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=production \
  --build-arg=IMAGE_TAG=latest \
  --tag=ghcr.io/example/production:latest \
  .

# publish
docker push ghcr.io/example/production:latest
