export async function runQuickstart(_once: boolean): Promise<void> {}
