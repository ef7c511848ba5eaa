#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p ci Dockerfile.j2 --format sh
# Note: a loaded image that the Dockerfile names is found by every engine, but not by a builder of the docker-container driver, which asks a registry
set -eu
export DOCKER_BUILDKIT=1

dfrender render -p ci Dockerfile.j2

# builder-base
docker build \
  --file=Dockerfile.ci \
  --target=builder-base \
  --tag=builder-base:latest \
  .

# development
docker image inspect builder-base:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=development \
  --build-arg=IMAGE_TAG=latest \
  --tag=development:latest \
  .

# unit-tests
docker image inspect development:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=unit-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=unit-tests:latest \
  .

# integration-tests
docker image inspect development:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=integration-tests \
  --build-arg=IMAGE_TAG=latest \
  --tag=integration-tests:latest \
  .

# production
docker image inspect builder-base:latest > /dev/null
docker build \
  --file=Dockerfile.ci \
  --target=production \
  --build-arg=IMAGE_TAG=latest \
  --tag=production:latest \
  .
