"""Computes with arrays and tables, and stores them."""
import datetime
import io
import tempfile
import zoneinfo

import numpy as np
import numpy.testing
import pandas as pd
import pandas.api.types
import pandas.testing
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.fs
import pyarrow.json
import pyarrow.orc
import pyarrow.parquet as pq

random = np.random.default_rng(1)
matrix = random.normal(size=(40, 40))
numpy.testing.assert_allclose(np.linalg.solve(matrix, matrix @ np.ones(40)), np.ones(40), rtol=1e-6)
u, s, v = np.linalg.svd(matrix)
numpy.testing.assert_allclose(u * s @ v, matrix, atol=1e-9)
numpy.testing.assert_allclose(np.fft.ifft(np.fft.fft(matrix)).real, matrix, atol=1e-12)
assert abs(np.linalg.det(np.eye(3)) - 1) < 1e-9 and np.polynomial.Polynomial.fit([0, 1, 2], [0, 1, 4], 2)(3) > 8.9
assert np.ma.masked_array([1, 2], mask=[0, 1]).sum() == 1 and np.einsum('ii', np.eye(4)) == 4
assert np.random.RandomState(1).randint(10) == 5 and np.strings.upper(np.array(['a']))[0] == 'A'
stored = io.BytesIO()
np.savez_compressed(stored, matrix=matrix)
assert (np.load(io.BytesIO(stored.getvalue()))['matrix'] == matrix).all()
assert np.iinfo(np.int64).max == 2**63 - 1 and str(np.datetime64('2025-01-01') + np.timedelta64(1, 'D')) == '2025-01-02'

frame = pd.DataFrame({
    'at': pd.date_range('2025-03-29', periods=96, freq='h', tz='Europe/Berlin'),
    'kind': pd.Categorical(['a', 'b'] * 48),
    'value': random.normal(size=96),
})
assert frame['at'].dt.tz_convert('America/New_York').dt.hour.iloc[0] == 19
assert frame['at'].iloc[-1].utcoffset() == datetime.timedelta(hours=2)
assert pd.Timestamp('2025-07-01', tz=zoneinfo.ZoneInfo('Asia/Tokyo')).tz_convert('UTC').hour == 15
grouped = frame.groupby('kind', observed=True).agg(mean=('value', 'mean'), count=('value', 'size'))
assert grouped['count'].tolist() == [48, 48]
merged = frame.merge(grouped.reset_index(), on='kind').pivot_table(index=frame['at'].dt.date, columns='kind', values='value', observed=True)
assert merged.shape[1] == 2 and frame.set_index('at')['value'].resample('D').sum().size == 5
assert frame['value'].rolling(5).mean().notna().sum() == 92 and frame.query('value > 0').shape[0] == (frame['value'] > 0).sum()
assert pd.to_datetime(['1.2.2025', '3.4.2025'], dayfirst=True).month.tolist() == [2, 4]
assert pd.read_csv(io.StringIO(frame.to_csv(index=False)), parse_dates=['at']).shape == frame.shape
assert pd.read_json(io.StringIO(frame[['value']].to_json())).shape == (96, 1)
pandas.testing.assert_frame_equal(frame, frame.copy())
assert pandas.api.types.is_datetime64_any_dtype(frame['at']) and (pd.Timestamp('2025-01-31') + pd.offsets.MonthEnd(1)).day == 28
assert pd.Series(['a', 'bb'], dtype='string[pyarrow]').str.len().tolist() == [1, 2]

with tempfile.TemporaryDirectory() as folder:
    table = pa.Table.from_pandas(frame)
    for codec in ('snappy', 'zstd', 'gzip', 'brotli', 'lz4'):
        pq.write_table(table, f'{folder}/{codec}.parquet', compression=codec)
        pandas.testing.assert_frame_equal(pq.read_table(f'{folder}/{codec}.parquet').to_pandas(), frame)
    frame.to_parquet(f'{folder}/again.parquet')
    assert pd.read_parquet(f'{folder}/again.parquet', filters=[('kind', '==', 'a')]).shape[0] == 48
    pa.dataset.write_dataset(table, f'{folder}/set', format='parquet', partitioning=['kind'], existing_data_behavior='error')
    found = pa.dataset.dataset(f'{folder}/set', partitioning=['kind'])
    assert found.to_table(filter=pc.field('kind') == 'b').num_rows == 48
    pyarrow.feather.write_feather(table, f'{folder}/f.feather')
    assert pyarrow.feather.read_table(f'{folder}/f.feather').num_rows == 96
    pyarrow.orc.write_table(table.select(['value']), f'{folder}/o.orc')
    assert pyarrow.orc.read_table(f'{folder}/o.orc').num_rows == 96
    pyarrow.csv.write_csv(table.select(['value']), f'{folder}/c.csv')
    assert pyarrow.csv.read_csv(f'{folder}/c.csv').num_rows == 96
    assert pyarrow.fs.LocalFileSystem().get_file_info(f'{folder}/c.csv').is_file
with pa.ipc.new_stream(stream := pa.BufferOutputStream(), table.schema) as writer:
    writer.write_table(table)
assert pa.ipc.open_stream(stream.getvalue()).read_all().equals(table)
assert pc.sum(pa.array([1, 2, None])).as_py() == 3 and table.group_by('kind').aggregate([('value', 'sum')]).num_rows == 2
