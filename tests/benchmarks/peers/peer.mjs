// The part every Node peer shares: read the job, build, wait to be asked, answer the query mix, say what was measured.
// One JSON object a line on stdout; the parent samples this process's memory meanwhile.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const HEADING = /^#{1,6}\s+(.*)$/gm

export function say(event, facts = {}) {
  process.stdout.write(JSON.stringify({ event, ...facts }) + '\n')
}

export function text(root, path) {
  return readFileSync(`${root}/${path}`, 'utf8')
}

function documentOf(root, path) {
  const body = text(root, path)
  const title = path.slice(path.lastIndexOf('/') + 1, -'.md'.length)
  const headings = Array.from(body.matchAll(HEADING), (match) => match[1]).join('\n')
  return { path, title, headings, body }
}

// engine: { name, version, configured, asTyped, add(documents), search(text) -> paths }; both may be async.
export async function measure(engine) {
  const job = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  let readMs = 0
  let indexMs = 0
  for (let start = 0; start < job.files.length; start += 500) {
    const began = performance.now()
    const documents = job.files.slice(start, start + 500).map((path) => documentOf(job.root, path))
    const read = performance.now()
    await engine.add(documents)
    readMs += read - began
    indexMs += performance.now() - read
    if (start % 5000 === 0) say('indexing', { documents: start + documents.length })
  }
  globalThis.gc()
  say('indexed', {
    documents: job.files.length, readMs, indexMs, version: engine.version,
  })
  for await (const _ of createInterface({ input: process.stdin })) break // the parent has weighed us at rest
  for (const query of job.queries.slice(0, job.warm)) await engine.search(query.text, job)
  const { name, configured, asTyped } = engine
  const pass = { name, configured, asTyped, tookMs: [], found: [] }
  const until = performance.now() + job.queryBudgetMs
  for (const query of job.queries) {
    const asked = performance.now()
    const paths = await engine.search(query.text, job)
    pass.tookMs.push(performance.now() - asked)
    pass.found.push(paths.slice(0, job.limit).includes(query.path))
    if (performance.now() > until) break
  }
  say('queried', { passes: [pass] })
  process.exit(0)
}

export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
}
