/** Opens a resource, works with it, and disposes of it whatever happens. */
export async function withResource<Resource extends AsyncDisposable, Out>(
  opening: Promise<Resource>,
  work: (resource: Resource) => Promise<Out>,
): Promise<Out> {
  const resource = await opening;
  try {
    return await work(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}
