/**
 * The peers are installed by bench/package.json, not by the project's: the project's types must not depend on them. Through a
 * variable, because the compiler would look for a package that need not be installed.
 */
export async function importPeer<Module>(name: string): Promise<Module> {
  return (await import(name)) as Module;
}
