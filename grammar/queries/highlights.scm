; Names first: of the patterns that match a node, editors take the later one.

(identifier) @variable

((identifier) @constant
  (#match? @constant "^[A-Z][A-Z0-9_]*$"))

(enumerator
  name: (identifier) @constant)

(parameter_declaration
  declarator: (identifier) @variable.parameter)

(field_identifier) @property

(statement_identifier) @label

; Functions

(call_expression
  function: (identifier) @function)

(call_expression
  function: (field_expression
    field: (field_identifier) @function))

(function_declarator
  declarator: (identifier) @function)

(preproc_function_def
  name: (identifier) @function.special)

(acc_new_expression
  name: (identifier) @function.builtin)

((call_expression
  function: (identifier) @function.builtin)
  (#match? @function.builtin "^(acc_|__builtin_)"))

; Types

[
  (type_identifier)
  (primitive_type)
  (sized_type_specifier)
] @type

(acc_type_specifier
  name: (type_identifier) @type.builtin)

(catch_parameter
  type: (identifier) @type)

(throw_statement
  value: (identifier) @type
  (#match? @type "^[A-Z]"))

(throw_statement
  value: (call_expression
    function: (identifier) @type))

(attribute
  name: (identifier) @attribute)

; Words of C

[
  "break"
  "case"
  "continue"
  "default"
  "do"
  "else"
  "for"
  "goto"
  "if"
  "return"
  "switch"
  "while"
  "enum"
  "struct"
  "typedef"
  "union"
  "__label__"
  "_Static_assert"
  "static_assert"
  "_Generic"
  "sizeof"
  "alignof"
  "_Alignof"
  "__alignof"
  "__alignof__"
  "alignas"
  "_Alignas"
  "_Atomic"
  "_BitInt"
  "typeof"
  "__typeof"
  "__typeof__"
  "typeof_unqual"
  "offsetof"
  "__builtin_offsetof"
  "va_arg"
  "__builtin_va_arg"
  "__builtin_types_compatible_p"
  "__builtin_convertvector"
  "__attribute"
  "__attribute__"
  "__extension__"
  "asm"
  "__asm"
  "__asm__"
] @keyword

[
  (storage_class_specifier)
  (type_qualifier)
  (gnu_asm_qualifier)
] @keyword

; Words of the dialect

[
  (async_specifier)
  "async"
  "await"
  "yield"
  "try"
  "catch"
  "finally"
  "throw"
  "defer"
  "in"
  "with"
] @keyword

; The preprocessor

[
  "#include"
  "#define"
  (preproc_directive)
] @keyword

; Literals

[
  (string_literal)
  (system_lib_string)
] @string

(escape_sequence) @escape

[
  (number_literal)
  (char_literal)
] @number

[
  (true)
  (false)
  (null)
] @constant.builtin

; Signs

[
  "=" "+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>="
  "==" "!=" "<" "<=" ">" ">="
  "+" "-" "*" "/" "%" "++" "--"
  "&" "|" "^" "~" "<<" ">>"
  "!" "&&" "||" "?"
  "->" "..."
] @operator

[
  "."
  ","
  ";"
  ":"
  "::"
] @delimiter

[
  "("
  ")"
  "["
  "]"
  "{"
  "}"
  "[["
  "]]"
] @punctuation.bracket

(comment) @comment
