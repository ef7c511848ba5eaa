#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p ci --set style=stage Dockerfile.j2 --handover cache --format sh
# Note: on one machine the engine's own cache is enough; --cache-to, which hands it to another, needs a builder of the docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)
set -eu
export DOCKER_BUILDKIT=1

dfrender render -p ci --set style=stage Dockerfile.j2

# builder-base
docker build \
  --file=Dockerfile.ci \
  --target=builder-base \
  --tag=builder-base:latest \
  .

# development
docker build \
  --file=Dockerfile.ci \
  --target=development \
  --tag=development:latest \
  .

# unit-tests
docker build \
  --file=Dockerfile.ci \
  --target=unit-tests \
  --tag=unit-tests:latest \
  .

# integration-tests
docker build \
  --file=Dockerfile.ci \
  --target=integration-tests \
  --tag=integration-tests:latest \
  .

# production
docker build \
  --file=Dockerfile.ci \
  --target=production \
  --tag=production:latest \
  .
