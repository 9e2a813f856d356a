"""What a sweep is: factors, designs, studies, the store and the driver."""

from .address import MissingPackageError, StoreAddressError, assert_apart
from .admission import DamagedStoreError, NotAStoreError
from .backend import Backend, Crew, News, Raised, Returned, Work, WorkerLost
from .batch import BatchReport, Job, prepare, solve_batch
from .check import StudyCheck, check_study
from .claim import Claim, ClaimPart, Condition, Verdict
from .consistency import MixedEnvironmentError
from .design import UnitSample, block_count, block_rows, independent_rows, salib_problem, sample
from .distribution import Choice, Distribution, Empirical, LogNormal, LogUniform, Normal, Triangular, Uniform
from .driver import OutOfWorkersError, WorkError, extend, run_study
from .environment import VersionError, assert_same_versions, environment, summarized, versions
from .factor import StudyFactor, index_names
from .fault import Fault, StudyError
from .growth import StudyMismatchError
from .hierarchy import (
    StoreExistsError,
    StoreNotFoundError,
    UnfinishedStoreError,
    create_store,
    open_store,
)
from .limit import RunLimitError
from .lock import DriverRecord, DriverRunningError, LockLostError
from .progress import Progress, Watcher
from .quadrature import quadrature_moments, quadrature_unit, quadrature_weights
from .reading import bundled_studies, read_study, study_from_text
from .replay import replay
from .statement import claim_from_table
from .status import StoreStatus, read_status
from .store import AlignmentError, Store
from .store_fault import StoreAccessError, StoreUnreachableError
from .study import DesignSpec, ReportSettings, Study, record_differences
from .unit import Layout
from .verify import Damage, Difference, VerifyReport, verify

__all__ = [
    "AlignmentError",
    "Backend",
    "BatchReport",
    "Choice",
    "Claim",
    "ClaimPart",
    "Condition",
    "Crew",
    "Damage",
    "DamagedStoreError",
    "DesignSpec",
    "Difference",
    "Distribution",
    "DriverRecord",
    "DriverRunningError",
    "Empirical",
    "Fault",
    "Job",
    "Layout",
    "LockLostError",
    "LogNormal",
    "LogUniform",
    "MissingPackageError",
    "MixedEnvironmentError",
    "News",
    "Normal",
    "NotAStoreError",
    "OutOfWorkersError",
    "Progress",
    "Raised",
    "ReportSettings",
    "Returned",
    "RunLimitError",
    "Store",
    "StoreAccessError",
    "StoreAddressError",
    "StoreExistsError",
    "StoreNotFoundError",
    "StoreStatus",
    "StoreUnreachableError",
    "Study",
    "StudyCheck",
    "StudyError",
    "StudyFactor",
    "StudyMismatchError",
    "Triangular",
    "UnfinishedStoreError",
    "Uniform",
    "UnitSample",
    "Verdict",
    "VerifyReport",
    "VersionError",
    "Watcher",
    "Work",
    "WorkError",
    "WorkerLost",
    "assert_apart",
    "assert_same_versions",
    "block_count",
    "block_rows",
    "bundled_studies",
    "check_study",
    "claim_from_table",
    "create_store",
    "environment",
    "extend",
    "independent_rows",
    "index_names",
    "open_store",
    "prepare",
    "quadrature_moments",
    "quadrature_unit",
    "quadrature_weights",
    "read_status",
    "read_study",
    "record_differences",
    "replay",
    "run_study",
    "salib_problem",
    "sample",
    "solve_batch",
    "study_from_text",
    "summarized",
    "verify",
    "versions",
]
