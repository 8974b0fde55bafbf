"""backoffice (庁内管理): change data, imports, the catalogue, the staff, the audit."""
