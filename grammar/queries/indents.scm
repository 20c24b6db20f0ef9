[
  (compound_statement)
  (field_declaration_list)
  (enumerator_list)
  (initializer_list)
  (parameter_list)
  (argument_list)
  (case_statement)
] @indent.begin

[
  "}"
  ")"
] @indent.end @indent.branch

(labeled_statement label: (_) @indent.ignore)
