#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p named Dockerfile.j2 --handover registry --format sh
# Note: a cache in a registry needs a builder of the docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)
set -eu
export DOCKER_BUILDKIT=1
docker buildx inspect dfrender > /dev/null 2>&1 || docker buildx create --name dfrender --driver docker-container > /dev/null

dfrender render -p named Dockerfile.j2

# images that are named by their inputs, as NAME=IMAGE without quotes
images=$(dfrender inputs -p named Dockerfile.j2 --format env)
eval "$images"
# says whether an image is in its registry; else why not
there() {
  docker buildx imagetools inspect "$1" > /dev/null || docker manifest inspect "$1" > /dev/null
}

# builder-base
build_builder_base() {
  docker buildx build \
    --builder=dfrender \
    --file=Dockerfile.named \
    --target=builder-base \
    --platform=linux/amd64 \
    --cache-from=type=registry,ref=ghcr.io/example/builder-base:buildcache \
    --cache-to=type=registry,ref=ghcr.io/example/builder-base:buildcache,mode=max \
    "--tag=${BUILDER_BASE_IMAGE}" \
    "$@" \
    .
}
there "${BUILDER_BASE_IMAGE}" || build_builder_base --output=type=cacheonly
there "${BUILDER_BASE_IMAGE}" || build_builder_base --push || there "${BUILDER_BASE_IMAGE}"

# development
build_development() {
  docker buildx build \
    --builder=dfrender \
    --file=Dockerfile.named \
    --target=development \
    --platform=linux/amd64 \
    "--build-arg=BUILDER_BASE_IMAGE=${BUILDER_BASE_IMAGE}" \
    --cache-from=type=registry,ref=ghcr.io/example/development:buildcache \
    --cache-to=type=registry,ref=ghcr.io/example/development:buildcache,mode=max \
    "--tag=${DEVELOPMENT_IMAGE}" \
    "$@" \
    .
}
there "${DEVELOPMENT_IMAGE}" || build_development --output=type=cacheonly
there "${DEVELOPMENT_IMAGE}" || build_development --push || there "${DEVELOPMENT_IMAGE}"

# unit-tests
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.named \
  --target=unit-tests \
  --platform=linux/amd64 \
  "--build-arg=DEVELOPMENT_IMAGE=${DEVELOPMENT_IMAGE}" \
  --tag=ghcr.io/example/unit-tests:latest \
  --output=type=cacheonly \
  .

# production
there "${PRODUCTION_IMAGE}" || docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.named \
  --target=production \
  --platform=linux/amd64 \
  "--build-arg=BUILDER_BASE_IMAGE=${BUILDER_BASE_IMAGE}" \
  --cache-from=type=registry,ref=ghcr.io/example/production:buildcache \
  --cache-to=type=registry,ref=ghcr.io/example/production:buildcache,mode=max \
  "--tag=${PRODUCTION_IMAGE}" \
  --output=type=cacheonly \
  .

# publish
there "${PRODUCTION_IMAGE}" || docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.named \
  --target=production \
  --platform=linux/amd64 \
  "--build-arg=BUILDER_BASE_IMAGE=${BUILDER_BASE_IMAGE}" \
  --cache-from=type=registry,ref=ghcr.io/example/production:buildcache \
  --cache-to=type=registry,ref=ghcr.io/example/production:buildcache,mode=max \
  "--tag=${PRODUCTION_IMAGE}" \
  --push \
  . || there "${PRODUCTION_IMAGE}"
