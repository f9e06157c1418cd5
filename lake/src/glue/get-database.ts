import { notFound, operation } from './operation.ts';
import { presentDatabase } from './present.ts';
import { name, request } from './shapes.ts';

export const getDatabase = operation<{ readonly Name: string }>(request({ 'Name!': name }), ({ Name }, { catalog }) => {
  const database = catalog.database(Name);
  if (!database) throw notFound(`Database ${Name.toLowerCase()} not found.`);
  return { Database: presentDatabase(database) };
});
