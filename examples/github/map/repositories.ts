import {
  repositoryArchived,
  repositoryCreated,
  repositoryDeleted,
  repositoryDispatched,
  repositoryEdited,
  repositoryForked,
  repositoryImported,
  repositoryMadePrivate,
  repositoryMadePublic,
  repositoryRenamed,
  repositoryStarred,
  repositoryTransferred,
  repositoryUnarchived,
  repositoryUnstarred,
  repositoryWatched,
} from "../events/repositories.ts";
import type { Mapping } from "./mapping.ts";
import { personOf, repositoryOf, timeOf } from "./references.ts";

const plain = {
  deleted: repositoryDeleted,
  archived: repositoryArchived,
  unarchived: repositoryUnarchived,
  publicized: repositoryMadePublic,
  privatized: repositoryMadePrivate,
};

export const mapRepository: Mapping<"repository"> = (payload) => {
  const { repository } = payload;
  const common = {
    subject: repositoryOf(repository),
    data: { url: repository.html_url },
  };
  switch (payload.action) {
    case "created":
      return repositoryCreated({ ...common, occurredAt: timeOf(repository.created_at) });
    case "edited":
      return repositoryEdited({
        ...common,
        data: { ...common.data, changed: Object.keys(payload.changes).sort() },
      });
    case "renamed":
      return repositoryRenamed({
        ...common,
        data: { ...common.data, from: payload.changes.repository.name.from },
      });
    case "transferred": {
      const { user: from } = payload.changes.owner.from;
      // A repository that an organisation gave away does not name it as a user; the catch-all keeps the payload's name.
      if (!from) return null;
      return repositoryTransferred({
        ...common,
        refs: { from: personOf(from), to: personOf(repository.owner) },
      });
    }
    default:
      return plain[payload.action]?.(common) ?? null;
  }
};

export const mapPublic: Mapping<"public"> = ({ repository }) =>
  repositoryMadePublic({ subject: repositoryOf(repository), data: { url: repository.html_url } });

export const mapStar: Mapping<"star"> = ({ action, repository, starred_at }) => {
  const changed = action === "created" ? repositoryStarred : repositoryUnstarred;
  return changed({
    subject: repositoryOf(repository),
    data: { url: repository.html_url },
    occurredAt: timeOf(starred_at),
  });
};

export const mapWatch: Mapping<"watch"> = ({ repository }) =>
  repositoryWatched({ subject: repositoryOf(repository), data: { url: repository.html_url } });

export const mapFork: Mapping<"fork"> = ({ repository, forkee }) =>
  repositoryForked({
    subject: repositoryOf(repository),
    refs: { fork: repositoryOf(forkee) },
    data: { url: forkee.html_url },
    occurredAt: timeOf(forkee.created_at),
  });

export const mapRepositoryImport: Mapping<"repository_import"> = ({ repository, status }) =>
  repositoryImported({
    subject: repositoryOf(repository),
    data: { url: repository.html_url, status },
    severity: status === "failure" ? "error" : "info",
  });

export const mapRepositoryDispatch: Mapping<"repository_dispatch"> = ({ action, repository }) =>
  repositoryDispatched({
    subject: repositoryOf(repository),
    data: { url: repository.html_url, event: action },
  });
