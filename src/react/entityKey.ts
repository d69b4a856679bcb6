/** `type:id`, as filters write an entity. */
export function entityKey({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}:${id}`;
}
