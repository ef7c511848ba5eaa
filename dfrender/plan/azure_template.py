"""A plan to the step template of its Azure pipeline: the steps of one job, with what differs as parameters.

Parameters reach a script through its environment and are never spliced into it.
"""

import json
from textwrap import indent

from dfrender.plan.azure import comments
from dfrender.plan.plan import Plan
from dfrender.profile.keys import Builder, Handover

_START = """\
steps:
- checkout: self
  fetchDepth: "1"
"""
_RENDER = """\
- task: UsePythonVersion@0
  displayName: Python for dfrender
  inputs:
    versionSpec: ">=3.11"
- bash: |
    set -euo pipefail
    python -m venv "$FOLDER"
    "$FOLDER/bin/pip" install --quiet --disable-pip-version-check "dfrender==$VERSION"
    "$FOLDER/bin/"<render>
  displayName: Render the Dockerfile
  env:
    FOLDER: $(Agent.TempDirectory)/dfrender
    VERSION: ${{ parameters.dfrender }}
"""
_TAG = """\
    TAG: $(tag)
"""
_LOAD = """\
- ${{ each image in parameters.loads }}:
  - download: current
    displayName: Fetch ${{ image.stage }}
    patterns: image-${{ image.stage }}-*/${{ image.stage }}.tar
  - bash: |
      set -euo pipefail
      newest=$(printf '%s\\n' "$FOLDER/image-$STAGE"-*/"$STAGE.tar" | sort -V | tail -n 1)
      docker load --input "$newest"
      docker image inspect "$IMAGE" > /dev/null
    displayName: Load ${{ image.stage }}
    env:
      FOLDER: $(Pipeline.Workspace)
      STAGE: ${{ image.stage }}
      IMAGE: ${{ image.image }}
"""
_BUILD = """\
- task: Docker@2
  displayName: Build ${{ parameters.stage }}
  inputs:
    command: build
    repository: ${{ parameters.repository }}
    tags: ${{ parameters.tag }}
    Dockerfile: <dockerfile>
    buildContext: <context>
    arguments: ${{ parameters.arguments }}
    addBaseImageData: false
  env:
    DOCKER_BUILDKIT: <buildkit>
"""
_SAVE = """\
- ${{ if parameters.saves }}:
  - bash: |
      set -euo pipefail
      mkdir -p "$(dirname "$FILE")"
      docker save --output "$FILE" "$IMAGE"
    displayName: Save ${{ parameters.stage }}
    env:
      FILE: $(Pipeline.Workspace)/images/${{ parameters.stage }}.tar
      IMAGE: ${{ parameters.repository }}:${{ parameters.tag }}
  - publish: $(Pipeline.Workspace)/images/${{ parameters.stage }}.tar
    displayName: Hand on ${{ parameters.stage }}
    artifact: image-${{ parameters.stage }}-$(System.JobAttempt)
"""
_LOG_IN = """\
- task: Docker@2
  displayName: Log in
  inputs:
    command: login
    containerRegistry: ${{ parameters.connection }}
"""
_PUSH = """\
- bash: |
    set -euo pipefail
    docker buildx inspect dfrender > /dev/null 2>&1 ||
      docker buildx create --name dfrender --driver docker-container > /dev/null
    read -ra options <<< "$ARGUMENTS"
    docker buildx build --builder dfrender --file "$DOCKERFILE" "${options[@]}" "$CONTEXT"
  displayName: Build and push ${{ parameters.stage }}
  env:
    DOCKERFILE: <dockerfile>
    CONTEXT: <context>
    ARGUMENTS: ${{ parameters.arguments }}
"""
_PUSH_CLASSIC = """\
- bash: |
    set -euo pipefail
    read -ra options <<< "$ARGUMENTS"
    docker build --file "$DOCKERFILE" "${options[@]}" "$CONTEXT"
    if [ -n "$IMAGE" ]; then docker push "$IMAGE"; fi
  displayName: Build and push ${{ parameters.stage }}
  env:
    DOCKERFILE: <dockerfile>
    CONTEXT: <context>
    ARGUMENTS: ${{ parameters.arguments }}
    IMAGE: ${{ parameters.image }}
    DOCKER_BUILDKIT: 0
"""
_RESTORE = """\
- task: Cache@2
  displayName: Cache of earlier runs
  inputs:
    key: '"buildkit" | "$(Agent.OS)" | "${{ parameters.stage }}" | "$(Build.BuildId)"'
    restoreKeys: '"buildkit" | "$(Agent.OS)" | "${{ parameters.stage }}"'
    path: $(Pipeline.Workspace)/buildkit/${{ parameters.stage }}
- ${{ each stage in parameters.after }}:
  - task: Cache@2
    displayName: Cache of ${{ stage }}
    inputs:
      key: '"buildkit" | "$(Agent.OS)" | "${{ stage }}" | "$(Build.BuildId)"'
      path: $(Pipeline.Workspace)/buildkit/${{ stage }}
"""
_BUILD_CACHED = """\
- bash: |
    set -euo pipefail
    docker buildx inspect dfrender > /dev/null 2>&1 ||
      docker buildx create --name dfrender --driver docker-container > /dev/null
    read -ra options <<< "$ARGUMENTS"
    for index in "$CACHES"/*/index.json; do
      if [ -f "$index" ]; then options+=(--cache-from "type=local,src=$(dirname "$index")"); fi
    done
    docker buildx build --builder dfrender --file "$DOCKERFILE" "${options[@]}" \\
      --cache-to "type=local,dest=$NEW,mode=max" "$CONTEXT"
    rm -rf "${CACHES:?}/$STAGE"
    mkdir -p "$CACHES"
    mv "$NEW" "$CACHES/$STAGE"
  displayName: Build ${{ parameters.stage }}
  env:
    DOCKERFILE: <dockerfile>
    CONTEXT: <context>
    ARGUMENTS: ${{ parameters.arguments }}
    CACHES: $(Pipeline.Workspace)/buildkit
    NEW: $(Agent.TempDirectory)/buildkit
    STAGE: ${{ parameters.stage }}
"""


def azure_template(plan: Plan) -> str:
    """Write the step template that the pipeline of a plan refers to."""
    parameters = {"dfrender": "string", "stage": "string", "arguments": "string", **_PARAMETERS[plan.handover]}
    return "".join(
        (
            *(f"{line}\n" for line in comments(plan)),
            "parameters:\n",
            *(f"- name: {name}\n  type: {kind}\n" for name, kind in parameters.items()),
            *(_filled(plan, steps) for steps in (_START, _render(plan), *_steps(plan))),
        )
    )


def _render(plan: Plan) -> str:
    """Give the steps that render; the committed Dockerfile does where the tag of the run need not stand in it."""
    if plan.tag_in_file:
        return _RENDER + _TAG
    return f"- ${{{{ if ne(parameters.dfrender, 'none') }}}}:\n{indent(_RENDER, '  ')}"


def _steps(plan: Plan) -> tuple[str, ...]:
    if plan.handover is Handover.ARTIFACT:
        return _LOAD, _BUILD, _SAVE
    if plan.handover is Handover.CACHE:
        return _RESTORE, _BUILD_CACHED
    return _LOG_IN, _PUSH if plan.builder is Builder.BUILDKIT else _PUSH_CLASSIC


def _filled(plan: Plan, steps: str) -> str:
    """Put what is the same for all jobs into the text of steps."""
    given = {
        "<render>": plan.place.render + (' --set "tag=$TAG"' if plan.tag_in_file else ""),
        "<dockerfile>": _source(plan.place.dockerfile),
        "<context>": _source(plan.place.context),
        "<buildkit>": str(int(plan.builder is Builder.BUILDKIT)),
    }
    for name, text in given.items():
        steps = steps.replace(name, text)
    return steps


def _source(path: str) -> str:
    return json.dumps(f"$(Build.SourcesDirectory)/{path}".removesuffix("/."), ensure_ascii=False)


_PARAMETERS = {
    Handover.ARTIFACT: {"repository": "string", "tag": "string", "loads": "object", "saves": "boolean"},
    Handover.REGISTRY: {"connection": "string", "image": "string"},
    Handover.CACHE: {"after": "object"},
}
