export async function startLake(): Promise<never> { throw new Error("not yet"); }
