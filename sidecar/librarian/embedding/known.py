"""The models that can be downloaded by name: where from, at which revision, and what every byte of them must add up to.

A revision of a repository never changes, and a file is taken only with the SHA-256 given here, so a model is what it
was when it was listed, whoever serves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ModelFile:
    """A file of a model: its path in the repository and in our folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class KnownModel:
    """A model that is offered."""

    name: str
    kind: Literal["static", "transformer"]
    dimensions: int
    languages: str
    licence: str
    repository: str
    revision: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def by_name(name: str) -> KnownModel | None:
    """The model that is offered under this name."""
    return next((model for model in KNOWN if model.name == name), None)


_MEAN_POOLING = ModelFile(
    "1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"
)

KNOWN = (
    KnownModel(
        name="potion-base-8M",
        kind="static",
        dimensions=256,
        languages="English",
        licence="MIT",
        repository="minishlab/potion-base-8M",
        revision="bf8b056651a2c21b8d2565580b8569da283cab23",
        files=(
            ModelFile("config.json", 202, "2a6ac0e9aaa356a68a5688070db78fc3a464fefe85d2f06a1905ce3718687553"),
            ModelFile("tokenizer.json", 683_666, "e67e803f624fb4d67dea1c730d06e1067e1b14d830e2c2202569e3ef0f70bb50"),
            ModelFile(
                "model.safetensors", 30_236_760, "f65d0f325faadc1e121c319e2faa41170d3fa07d8c89abd48ca5358d9a223de2"
            ),
        ),
    ),
    KnownModel(
        name="potion-retrieval-32M",
        kind="static",
        dimensions=512,
        languages="English",
        licence="MIT",
        repository="minishlab/potion-retrieval-32M",
        revision="6fc8051fab2a1e0ee76689cf08c853792ac285e7",
        files=(
            ModelFile("config.json", 202, "63c00d90824c832c04ec1d02b6a983fb90489bf049f29fbff15ba481b8a432ee"),
            ModelFile("tokenizer.json", 1_493_150, "7d75cbc54318138807c401b0f0c9721117c628b39de8e8e0edb6cb17e0ee7d18"),
            ModelFile(
                "model.safetensors", 129_210_456, "07609e5bd33aad37900b3fd62f4ec96f6daec88ca4d46b9d8b928bfababf6ea0"
            ),
        ),
    ),
    KnownModel(
        name="potion-multilingual-128M",
        kind="static",
        dimensions=256,
        languages="101 languages",
        licence="MIT",
        repository="minishlab/potion-multilingual-128M",
        revision="73908c3438cf03b6a01bcb9611d62b23d0726f08",
        files=(
            ModelFile("config.json", 271, "595e4cab2093732efd5dbe084fd5c1826b5eea693b73b4c1fd971672867d2e54"),
            ModelFile("tokenizer.json", 18_616_131, "19f1909063da3cfe3bd83a782381f040dccea475f4816de11116444a73e1b6a1"),
            ModelFile(
                "model.safetensors", 512_361_560, "14b5eb39cb4ce5666da8ad1f3dc6be4346e9b2d601c073302fa0a31bf7943397"
            ),
        ),
    ),
    KnownModel(
        name="all-MiniLM-L6-v2",
        kind="transformer",
        dimensions=384,
        languages="English",
        licence="Apache-2.0",
        repository="sentence-transformers/all-MiniLM-L6-v2",
        revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
        files=(
            _MEAN_POOLING,
            ModelFile("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
            ModelFile(
                "config_sentence_transformers.json",
                116,
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            ),
            ModelFile("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
            ModelFile(
                "sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
            ),
            ModelFile(
                "special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
            ),
            ModelFile("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            ModelFile("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
            ModelFile("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
            ModelFile(
                "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
            ),
        ),
    ),
    KnownModel(
        name="multilingual-e5-small",
        kind="transformer",
        dimensions=384,
        languages="100 languages",
        licence="MIT",
        repository="intfloat/multilingual-e5-small",
        revision="614241f622f53c4eeff9890bdc4f31cfecc418b3",
        files=(
            ModelFile("1_Pooling/config.json", 200, "987f7a67a38fa564c849bb5d277c52ab9088a84368fc0be31a354125aebb12a0"),
            ModelFile("config.json", 655, "69137736cab8b8903a07fe8afaafdda25aac55415a12a55d1bffa9f581abf959"),
            ModelFile("modules.json", 387, "c6e29747481e8b5dd2b58401966aeac910de39092f90cda9a704b1545f902b04"),
            ModelFile(
                "sentence_bert_config.json", 57, "948201d8329907aae938fa62f9ceeed53f5694dacc2b87b9f3b78b37ee986529"
            ),
            ModelFile(
                "special_tokens_map.json", 167, "d05497f1da52c5e09554c0cd874037a083e1dc1b9cfd48034d1c717f1afc07a7"
            ),
            ModelFile("tokenizer.json", 17_082_730, "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"),
            ModelFile("tokenizer_config.json", 443, "a1d6bc8734a6f635dc158508bef000f8e2e5a759c7d92f984b2c86e5ff53425b"),
            ModelFile(
                "model.safetensors", 470_641_600, "1a55775f53449dac10a2bcbc312469fac40b96d53198c407081a831f81c98477"
            ),
        ),
    ),
    KnownModel(
        name="paraphrase-multilingual-MiniLM-L12-v2",
        kind="transformer",
        dimensions=384,
        languages="50 languages",
        licence="Apache-2.0",
        repository="sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        revision="e8f8c211226b894fcb81acc59f3b34ba3efd5f42",
        files=(
            _MEAN_POOLING,
            ModelFile("config.json", 645, "6300193cb75e01cf80c96decef7187dfb33094d97cc1490b7ead6ff134476e4e"),
            ModelFile(
                "config_sentence_transformers.json",
                122,
                "b8c64b5cece00d8424b4896ea75b512b6008576088497609dfeb6bd63e6d36b8",
            ),
            ModelFile("modules.json", 229, "8f4b264b80206c830bebbdcae377e137925650a433b689343a63bdc9b3145460"),
            ModelFile(
                "sentence_bert_config.json", 53, "70f4448f31320443fe3557cacea5abf2dcc4915dda8c80646bec9f3bb0aa5a1f"
            ),
            ModelFile(
                "special_tokens_map.json", 239, "378eb3bf733eb16e65792d7e3fda5b8a4631387ca04d2015199c4d4f22ae554d"
            ),
            ModelFile("tokenizer.json", 9_081_518, "2c3387be76557bd40970cec13153b3bbf80407865484b209e655e5e4729076b8"),
            ModelFile("tokenizer_config.json", 526, "5036ea374ffedd706e3bef33e2e0d6953cb868ef8a490e76e32ba0faa37a6b9b"),
            ModelFile(
                "model.safetensors", 470_641_600, "eaa086f0ffee582aeb45b36e34cdd1fe2d6de2bef61f8a559a1bbc9bd955917b"
            ),
        ),
    ),
)
"""In the order in which they are shown: instant ones first, then those that need the extra ``transformers``."""
