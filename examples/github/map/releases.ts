import { gitHubPackage, release as releaseEntity } from "../entities.ts";
import {
  packagePublished,
  releaseCreated,
  releaseDeleted,
  releaseEdited,
  releasePrereleased,
  releasePublished,
  releaseReleased,
  releaseUnpublished,
} from "../events/releases.ts";
import type { Mapping } from "./mapping.ts";
import { maybePersonOf, repositoryOf, tagOf, timeOf } from "./references.ts";

const releases = {
  created: releaseCreated,
  published: releasePublished,
  released: releaseReleased,
  prereleased: releasePrereleased,
  edited: releaseEdited,
  unpublished: releaseUnpublished,
  deleted: releaseDeleted,
};
const madePublic: readonly string[] = ["published", "released", "prereleased"];

interface ReleasePayload {
  readonly id: number;
  readonly name?: string | null | undefined;
  readonly tag_name: string;
}

const releaseOf = ({ id, name, tag_name }: ReleasePayload) => releaseEntity(id, name || tag_name);

export const mapRelease: Mapping<"release"> = ({ action, release, repository }) =>
  releases[action]?.({
    subject: releaseOf(release),
    refs: {
      repository: repositoryOf(repository),
      tag: tagOf(release.tag_name, repository),
      author: maybePersonOf(release.author),
    },
    data: { url: release.html_url },
    // Of the release's own times only this one belongs to an action: `created_at` is the time of the tagged commit.
    occurredAt: madePublic.includes(action) ? timeOf(release.published_at) : undefined,
  }) ?? null;

export const mapPackage: Mapping<"package"> = ({ action, package: published, repository }) =>
  action === "published" && published.package_version
    ? packagePublished({
        subject: gitHubPackage(published.id, published.name),
        refs: {
          repository: repositoryOf(repository),
          owner: maybePersonOf(published.owner),
          release: published.package_version.release ? releaseOf(published.package_version.release) : null,
        },
        data: {
          url: published.html_url,
          version: published.package_version.version,
          kind: published.package_type,
        },
        occurredAt: timeOf(published.updated_at),
      })
    : null;
