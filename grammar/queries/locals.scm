[
  (function_definition)
  (compound_statement)
  (for_statement)
  (async_for_statement)
  (async_with_statement)
  (catch_clause)
] @local.scope

(parameter_declaration declarator: (identifier) @local.definition)
(declaration declarator: (identifier) @local.definition)
(init_declarator declarator: (identifier) @local.definition)
(pointer_declarator declarator: (identifier) @local.definition)
(array_declarator declarator: (identifier) @local.definition)
(catch_parameter name: (identifier) @local.definition)

(identifier) @local.reference
