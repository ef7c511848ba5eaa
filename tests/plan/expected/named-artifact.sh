#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p named Dockerfile.j2 --format sh
# Note: a loaded image that the Dockerfile names is found by every engine, but not by a builder of the docker-container driver, which asks a registry
set -eu
export DOCKER_BUILDKIT=1

dfrender render -p named Dockerfile.j2

# images that are named by their inputs, as NAME=IMAGE without quotes
images=$(dfrender inputs -p named Dockerfile.j2 --format env)
eval "$images"
# says whether an image is in its registry; else why not
there() {
  docker buildx imagetools inspect "$1" > /dev/null || docker manifest inspect "$1" > /dev/null
}

# builder-base
docker image inspect "${BUILDER_BASE_IMAGE}" > /dev/null 2>&1 || docker build \
  --file=Dockerfile.named \
  --target=builder-base \
  --platform=linux/amd64 \
  "--tag=${BUILDER_BASE_IMAGE}" \
  .

# development
docker image inspect "${BUILDER_BASE_IMAGE}" > /dev/null
docker image inspect "${DEVELOPMENT_IMAGE}" > /dev/null 2>&1 || docker build \
  --file=Dockerfile.named \
  --target=development \
  --platform=linux/amd64 \
  "--build-arg=BUILDER_BASE_IMAGE=${BUILDER_BASE_IMAGE}" \
  "--tag=${DEVELOPMENT_IMAGE}" \
  .

# unit-tests
docker image inspect "${DEVELOPMENT_IMAGE}" > /dev/null
docker build \
  --file=Dockerfile.named \
  --target=unit-tests \
  --platform=linux/amd64 \
  "--build-arg=DEVELOPMENT_IMAGE=${DEVELOPMENT_IMAGE}" \
  --tag=ghcr.io/example/unit-tests:latest \
  .

# production
docker image inspect "${BUILDER_BASE_IMAGE}" > /dev/null
docker image inspect "${PRODUCTION_IMAGE}" > /dev/null 2>&1 || docker build \
  --file=Dockerfile.named \
  --target=production \
  --platform=linux/amd64 \
  "--build-arg=BUILDER_BASE_IMAGE=${BUILDER_BASE_IMAGE}" \
  "--tag=${PRODUCTION_IMAGE}" \
  .

# publish
there "${PRODUCTION_IMAGE}" || docker push "${PRODUCTION_IMAGE}" || there "${PRODUCTION_IMAGE}"
