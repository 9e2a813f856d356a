"""Rivers from binned files."""

from pathlib import Path

import h5py
import numpy as np
from cordillera.data.world_build.rivers import marked_rivers, river_segments

# Bins of 90 degrees: the second row of the north, two bins in it with a river each, and one of a lower level.
COLUMNS = {
    "Bin_size_in_minutes": np.array([5400], dtype=np.int32),
    "N_bins_in_360_longitude_range": np.array([4], dtype=np.int32),
    "Id_of_first_segment_in_a_bin": np.array([0, 2, 2, 2, 3, 3, 3, 3], dtype=np.int32),
    "N_segments_in_a_bin": np.array([2, 0, 0, 1, 0, 0, 0, 0], dtype=np.int16),
    "Hierarchial_level_of_a_segment": np.array([2, 3, 1], dtype=np.int16),
    "Id_of_first_point_in_a_segment": np.array([0, 3, 5], dtype=np.int32),
    "N_points_for_a_segment": np.array([3, 2, 2], dtype=np.int16),
    "Relative_longitude_from_SW_corner_of_bin": np.array([0, 13107, -1, 5, 6, 0, -1]).astype(np.int16),
    "Relative_latitude_from_SW_corner_of_bin": np.array([0, 13107, -1, 5, 6, 0, -1]).astype(np.int16),
}


def test_points_are_shares_of_their_bin_and_lower_levels_are_left_out() -> None:
    start, end = river_segments(COLUMNS)
    np.testing.assert_allclose(start, [(0, 0), (18, 18), (-90, 0)])
    np.testing.assert_allclose(end, [(18, 18), (90, 90), (0, 90)])


def test_a_file_is_read_and_drawn(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "rivers.nc", "w") as file:
        for name, column in COLUMNS.items():
            file[name] = column
    marked = marked_rivers(tmp_path / "rivers.nc")
    assert marked[899 - 5, 1800 + 5]
    assert not marked[1000:].any()
