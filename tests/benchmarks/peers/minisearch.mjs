// MiniSearch with the settings Omnisearch gives it: every word also as a prefix, fuzziness by length, all words wanted,
// titles over headings over text, diacritics folded, quoted words checked against the text of the best fifty.
import MiniSearch from 'minisearch'
import { measure, text, versionOf } from './peer.mjs'

const KEPT = 50
const FUZZINESS = 0.1

const index = new MiniSearch({
  idField: 'path',
  fields: ['title', 'headings', 'body'],
  processTerm: (term) => term.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase(),
})

function search(query, job) {
  const quoted = Array.from(query.matchAll(/"([^"]+)"/g), (match) => match[1].toLowerCase())
  const best = index
    .search(query.replaceAll('"', ''), {
      combineWith: 'AND',
      prefix: true,
      fuzzy: (term) => (term.length <= 3 ? 0 : term.length <= 5 ? FUZZINESS / 2 : FUZZINESS),
      boost: { title: 10, headings: 6 },
    })
    .slice(0, KEPT)
    .map((hit) => hit.id)
  if (quoted.length === 0) return best
  return best.filter((path) => {
    const body = text(job.root, path).toLowerCase()
    return quoted.every((words) => body.includes(words))
  })
}

await measure({
  name: 'MiniSearch',
  version: versionOf('minisearch'),
  configured: 'as Omnisearch: prefixes, fuzziness, all words, phrases checked in 50 best',
  asTyped: true,
  add: (documents) => index.addAll(documents),
  search,
})
