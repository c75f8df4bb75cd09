"""Asks a database through SQLAlchemy's core and its ORM, and builds what other drivers need."""
import asyncio

import psycopg2
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool
import redis
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, oracle, postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.util import greenlet_spawn
from sqlalchemy.util._concurrency_py3k import await_only


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = 'users'
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(30), index=True)
    orders: orm.Mapped[list['Order']] = orm.relationship(back_populates='user', cascade='all, delete-orphan')

    @hybrid_property
    def loud(self):
        return self.name + '!'


class Order(Base):
    __tablename__ = 'orders'
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    user_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey('users.id'))
    user: orm.Mapped[User] = orm.relationship(back_populates='orders')
    data: orm.Mapped[dict] = orm.mapped_column(sa.JSON)


engine = sa.create_engine('sqlite://')
Base.metadata.create_all(engine)
with orm.Session(engine) as session:
    session.add(User(name='ann', orders=[Order(data={'a': [1, 2]}), Order(data={})]))
    session.commit()
    user = session.scalars(sa.select(User).options(orm.selectinload(User.orders)).where(User.loud == 'ann!')).one()
    assert [order.data for order in user.orders] == [{'a': [1, 2]}, {}]
    session.delete(user)
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0

table = sa.Table('t', sa.MetaData(), sa.Column('x', sa.Integer), sa.Column('at', sa.DateTime))
with engine.begin() as connection:
    table.create(connection)
    connection.execute(table.insert(), [{'x': 1}, {'x': 2}])
    ranked = sa.select(table.c.x, sa.func.row_number().over(order_by=table.c.x.desc())).cte()
    assert connection.execute(sa.select(ranked)).all() == [(2, 1), (1, 2)]
    assert sa.inspect(connection).get_table_names() == ['orders', 't', 'users']
for dialect in (postgresql, mysql, oracle):
    assert 'row_number' in str(sa.select(ranked).compile(dialect=dialect.dialect())).lower()


async def answer():
    return 42

assert asyncio.run(greenlet_spawn(lambda: await_only(answer()))) == 42
assert create_async_engine is not None

# Native modules of SQLAlchemy are there and in use.
from sqlalchemy.engine import row, result  # noqa: E402, F401
from sqlalchemy.cyextension import collections, resultproxy, util  # noqa: E402, F401

parsed = psycopg2.extensions.parse_dsn('postgresql://ann:secret@db.example:5433/shop?sslmode=require')
assert parsed == {'user': 'ann', 'password': 'secret', 'host': 'db.example', 'port': '5433', 'dbname': 'shop', 'sslmode': 'require'}
assert psycopg2.extensions.make_dsn(dbname='shop', host='h') == 'dbname=shop host=h'
assert psycopg2.extensions.libpq_version() > 90000
try:
    sa.create_engine('postgresql+psycopg2://ann@127.0.0.1:1/shop', connect_args={'connect_timeout': 1}).connect()
    raise SystemExit('nothing listens there')
except sa.exc.OperationalError as error:
    assert isinstance(error.orig, psycopg2.OperationalError)

client = redis.Redis.from_url('rediss://user:secret@cache.example:6380/2')
assert client.connection_pool.connection_kwargs['port'] == 6380
assert redis.crc.key_slot(b'{user}.a') == redis.crc.key_slot(b'{user}.b')
assert b'SET' in redis.Connection().pack_command('SET', 'k', 'v')[0]
