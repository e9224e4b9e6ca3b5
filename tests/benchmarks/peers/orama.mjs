// Orama with the settings Copilot gives it: default tokenizer, no stemming, no stop words, no tolerance.
import { create, insertMultiple, search } from '@orama/orama'
import { measure, versionOf } from './peer.mjs'

const index = create({
  schema: { title: 'string', headings: 'string', body: 'string', path: 'string' },
  components: { tokenizer: { stemming: false } },
})

await measure({
  name: 'Orama',
  version: versionOf('@orama/orama'),
  configured: 'as Copilot: prefixes, any word, no tolerance of typos',
  asTyped: false,
  add: (documents) => insertMultiple(index, documents, 500),
  search: async (query, job) => {
    const answer = await search(index, {
      term: query.replaceAll('"', ''),
      properties: ['title', 'headings', 'body'],
      boost: { title: 3, headings: 2 },
      limit: job.limit,
    })
    return answer.hits.map((hit) => hit.document.path)
  },
})
