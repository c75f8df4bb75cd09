"""Validates and serialises models."""
import datetime
import decimal
import enum
import typing
from importlib.metadata import entry_points, version

import pydantic
from pydantic import dataclasses, networks, types


class Size(enum.Enum):
    SMALL = 'small'


class Item(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)
    name: types.constr(min_length=1)
    price: decimal.Decimal = pydantic.Field(gt=0, decimal_places=2)
    size: Size = Size.SMALL


class Order(pydantic.BaseModel):
    at: datetime.datetime
    items: list[Item]
    link: networks.HttpUrl
    note: typing.Annotated[str, pydantic.StringConstraints(strip_whitespace=True)] = ''

    @pydantic.field_validator('at')
    @classmethod
    def has_zone(cls, value):
        assert value.tzinfo is not None
        return value

    @pydantic.computed_field
    @property
    def total(self) -> decimal.Decimal:
        return sum(item.price for item in self.items)


order = Order.model_validate_json('{"at": "2025-01-01T00:00:00Z", "items": [{"name": "a", "price": "1.50"}], "link": "https://example.com", "note": " n "}')
assert order.total == decimal.Decimal('1.50') and order.note == 'n'
assert Order.model_validate(order.model_dump(exclude={'total'})) == order
assert 'total' in Order.model_json_schema(mode='serialization')['properties']
try:
    Order.model_validate({'at': '2025-01-01T00:00:00', 'items': [{'name': '', 'price': 0}], 'link': 'none'})
    raise SystemExit('a wrong order was taken')
except pydantic.ValidationError as error:
    assert error.error_count() == 4, error

assert pydantic.TypeAdapter(dict[str, list[int]]).validate_python({'a': ['1']}) == {'a': [1]}
assert dataclasses.dataclass(type('Point', (), {'__annotations__': {'x': int}}))(x='1').x == 1

from pydantic.v1 import BaseModel as OldModel  # noqa: E402


class Old(OldModel):
    x: int


assert Old(x='2').json() == '{"x": 2}'

# What a package says about itself stays.
assert version('pydantic') == pydantic.VERSION
assert entry_points() is not None
