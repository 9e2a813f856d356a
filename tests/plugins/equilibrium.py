"""The equilibrium of every year of the spatial model written anew from the paper in levels.

Desmet, Nagy and Rossi-Hansberg (2018), "The Geography of Development"; equation numbers are theirs.
"""

from math import gamma

import numpy as np


def primal_residuals(run, lane: int = 0) -> dict[str, float]:
    """Largest relative difference between both sides of each equation, over all years and locations."""
    p = run.parameters._replace(**{name: column[lane] for name, column in run.parameters._asdict().items()})
    land, cells = run.world.land[:, 0], run.world.cells[:, 0]
    amenity, total = np.exp(run.given.log_amenity[:, lane]), run.world.people.sum()
    entry = np.exp(run.given.log_migration_cost[:, lane])
    variety = 1.0 / (1.0 - p.rho)
    constant = gamma(1.0 - (variety - 1.0) / p.theta) ** (-1.0 / (variety - 1.0))
    labour = p.mu * p.xi + p.gamma1
    worst: dict[str, float] = {}

    def compare(name: str, found: np.ndarray, wanted: np.ndarray) -> None:
        worst[name] = max(worst.get(name, 0.0), float(np.abs(found / wanted - 1.0).max()))

    people = run.world.people[:, 0]
    first = (run.levels.utility / run.levels.amenity)[0, :, lane]
    unit = (first * people).sum() / people.sum()
    before = None
    for year in range(len(run.path.log_density)):
        at = type(run.levels)(*(values[year, :, lane] for values in run.levels))
        density = at.population / land
        # (22), from the left: the mean of these wages must be the numeraire.
        wage = at.utility / at.amenity * at.price_level * labour / p.xi
        tau = at.productivity / density**p.alpha
        # (17)
        cost = (
            p.mu**-p.mu
            * (p.nu * p.xi / p.gamma1) ** (1.0 - p.mu)
            * (p.gamma1 * density / (p.nu * labour)) ** ((1.0 - p.mu) - p.gamma1 / p.xi)
            * wage
        )
        offers = tau * density**p.alpha * cost**-p.theta * (run.kernel if year else run.first_kernel)
        reach = offers.sum(axis=1)
        share = offers / reach[:, None]
        spent = wage * land * density
        # Only groups, of which nothing is reported, may have another own cost under a policy.
        kept = np.full(len(land), bool(year)) | (run.kernel.diagonal() == run.first_kernel.diagonal())
        compare("(19) own share", (1.0 - at.openness)[kept], share.diagonal()[kept])
        compare("(20) prices", at.price_level, constant * reach ** (-1.0 / p.theta))
        compare("(21) balanced trade", share.T @ spent, spent)
        utility = amenity * density**-p.lambda_ * p.xi / labour * wage / at.price_level
        compare("(22) utility", at.utility, utility)
        compare("(2) amenities", at.amenity, amenity * density**-p.lambda_)
        compare("(3) income", unit * at.income * at.amenity, at.utility)
        compare("real wages", at.real_wage, at.income * labour / p.xi)
        compare("rent", at.land_rent, (p.xi - labour) / labour * wage * density)
        compare("numeraire", (wage * cells).sum() / cells.sum(), np.ones(1))
        if year:
            pull = (at.utility / entry) ** (1.0 / p.omega)
            compare("(7) people", at.population, total * pull / pull.sum())
            past, heads = before
            innovation = (p.gamma1 * heads / (p.nu * labour)) ** (1.0 / p.xi)
            mean = (past * cells).sum() / cells.sum()
            grown = innovation ** (p.theta * p.gamma1) * mean ** (1.0 - p.gamma2) * past**p.gamma2
            compare("(8) technology", tau, grown)
        before = tau, density
    return worst


def check(run) -> None:
    """Every equation holds to 1e-8 in every year."""
    assert {name: size for name, size in primal_residuals(run).items() if size > 1e-8} == {}
