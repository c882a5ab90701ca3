#!/bin/sh
# Makes Temporal's two databases, or brings them up to the schema of this admin-tools version. Runs before every start of
# the server and does nothing when all is as it should be. SQL_HOST, SQL_USER, SQL_PASSWORD … come from the environment.
set -eu

prepare() {
  export SQL_DATABASE="$1"
  temporal-sql-tool create-database
  temporal-sql-tool setup-schema --version 0.0
  temporal-sql-tool update-schema --schema-name "postgresql/v12/$2"
}

prepare temporal temporal
prepare temporal_visibility visibility
