-- script.lua: a little of everything that the interpreter does
local function sieve(n)
  local composite, primes = {}, {}
  for i = 2, n do
    if not composite[i] then
      primes[#primes + 1] = i
      for k = i * i, n, i do composite[k] = true end
    end
  end
  return primes
end
local primes = sieve(20000)
print(#primes, primes[#primes], 7 // 2, -7 // 2, 7 % -3, 2 ^ 0.5, 1 << 62, 0x7fffffffffffffff + 1)
local co = coroutine.wrap(function(...)
  local sum = 0
  for _, v in ipairs { ... } do sum = sum + coroutine.yield(v * sum) end
  return sum
end)
print(co(1, 2, 3), co(10), co(20), co(30))
print(pcall(error, { code = 5 }), select('#', pcall(string.rep)), pcall(function() local x = nil; return x.y end))
local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words, function(a, b) return #a < #b or (#a == #b and a < b) end)
print(table.concat(words, " "), ("%5.2f|%-6d|%q|%x"):format(math.pi, 42, "a\nb", 255), ("abc"):rep(3, "-"))
local account = setmetatable({}, { __index = function(_, k) return k .. "!" end, __call = function(_, a, b) return a + b end,
  __close = function() print "closed" end })
do local held <close> = account; print(account.name, account(1, 2)) end
goto done
print "never"
::done::
for i = 1, 3 do collectgarbage(i == 1 and "generational" or "incremental"); collectgarbage() end
print(string.pack("<i4z", 7, "x"):byte(1, -1))
print(load("return ...", "chunk", "t")(utf8.char(228, 8364, 128512)), utf8.len "äöü", math.tointeger(3.0), 10 // 0.0, -0.0)
local depth = 0
local function down() depth = depth + 1; return down() + 1 end
print(pcall(down), depth > 1000)
