#!/bin/sh
# Builds on this machine, one job after the other.
# Update: dfrender plan -p registry --set registry=r.io --set 'publish=[both]' Dockerfile.j2 --format sh
# Note: a cache in a registry needs a builder of the docker-container driver, or an engine that keeps its images in containerd (the default since Docker 29)
set -eu
export DOCKER_BUILDKIT=1
docker buildx inspect dfrender > /dev/null 2>&1 || docker buildx create --name dfrender --driver docker-container > /dev/null

dfrender render -p registry --set registry=r.io --set 'publish=[both]' Dockerfile.j2

# left
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.registry \
  --target=left \
  --cache-from=type=registry,ref=r.io/left:buildcache \
  --cache-to=type=registry,ref=r.io/left:buildcache,mode=max \
  --tag=r.io/left:latest \
  --push \
  .

# both
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.registry \
  --target=both \
  --build-arg=IMAGE_TAG=latest \
  --cache-from=type=registry,ref=r.io/both:buildcache \
  --cache-to=type=registry,ref=r.io/both:buildcache,mode=max \
  --tag=r.io/both:latest \
  --output=type=cacheonly \
  .

# publish
docker buildx build \
  --builder=dfrender \
  --file=Dockerfile.registry \
  --target=both \
  --build-arg=IMAGE_TAG=latest \
  --cache-from=type=registry,ref=r.io/both:buildcache \
  --cache-to=type=registry,ref=r.io/both:buildcache,mode=max \
  --tag=r.io/both:latest \
  --push \
  .
