--- HMAC-SHA256 in plain Lua 5.1 to 5.4: FIPS 180-4 and RFC 2104.
--
-- Lua 5.1 has no operators on bits and 5.4 no library of them, so both go by arithmetic: a word is a number below 2^32,
-- and two words are combined by tables of 4 bits. A short message takes some milliseconds.
local M = {}

local WORD = 2 ^ 32
local BLOCK = 64 -- bytes

local XOR, AND = {}, {}
for a = 0, 15 do
  for b = 0, 15 do
    local either, both, bit = 0, 0, 1
    for place = 0, 3 do
      local x, y = math.floor(a / 2 ^ place) % 2, math.floor(b / 2 ^ place) % 2
      if x ~= y then
        either = either + bit
      elseif x == 1 then
        both = both + bit
      end
      bit = bit * 2
    end
    XOR[a * 16 + b], AND[a * 16 + b] = either, both
  end
end

local function combine(with, a, b)
  local result, place = 0, 1
  for _ = 1, 8 do
    local x, y = a % 16, b % 16
    result = result + with[x * 16 + y] * place
    a, b, place = (a - x) / 16, (b - y) / 16, place * 16
  end
  return result
end

local function xor(a, b, c)
  local both = combine(XOR, a, b)
  return c and combine(XOR, both, c) or both
end

local function shifted(word, bits)
  return math.floor(word / 2 ^ bits)
end

local function turned(word, bits)
  return shifted(word, bits) + (word % 2 ^ bits) * 2 ^ (32 - bits)
end

-- The first 32 bits behind the point of the square roots of the first 8 primes, and of the cube roots of the first 64.
local START, ROUND = {}, {}
do
  local found, candidate = 0, 2
  while found < 64 do
    local is_prime = true
    for divisor = 2, math.floor(math.sqrt(candidate)) do
      is_prime = is_prime and candidate % divisor ~= 0
    end
    if is_prime then
      found = found + 1
      if found <= 8 then
        START[found] = math.floor(candidate ^ (1 / 2) % 1 * WORD)
      end
      ROUND[found] = math.floor(candidate ^ (1 / 3) % 1 * WORD)
    end
    candidate = candidate + 1
  end
end

local function schedule(message, at)
  local words = {}
  for index = 1, 16 do
    local a, b, c, d = message:byte(at + 4 * index - 4, at + 4 * index - 1)
    words[index] = ((a * 256 + b) * 256 + c) * 256 + d
  end
  for index = 17, 64 do
    local x, y = words[index - 15], words[index - 2]
    local one = xor(turned(x, 7), turned(x, 18), shifted(x, 3))
    local two = xor(turned(y, 17), turned(y, 19), shifted(y, 10))
    words[index] = (words[index - 16] + one + words[index - 7] + two) % WORD
  end
  return words
end

local function absorb(state, words)
  local a, b, c, d = state[1], state[2], state[3], state[4]
  local e, f, g, h = state[5], state[6], state[7], state[8]
  for index = 1, 64 do
    local sum1 = xor(turned(e, 6), turned(e, 11), turned(e, 25))
    local chosen = xor(combine(AND, e, f), combine(AND, WORD - 1 - e, g))
    local one = h + sum1 + chosen + ROUND[index] + words[index]
    local sum0 = xor(turned(a, 2), turned(a, 13), turned(a, 22))
    local most = xor(combine(AND, a, b), combine(AND, a, c), combine(AND, b, c))
    a, b, c, d, e, f, g, h = (one + sum0 + most) % WORD, a, b, c, (d + one) % WORD, e, f, g
  end
  local now = { a, b, c, d, e, f, g, h }
  for index = 1, 8 do
    state[index] = (state[index] + now[index]) % WORD
  end
end

local function bytes_of(word)
  return string.char(shifted(word, 24), shifted(word, 16) % 256, shifted(word, 8) % 256, word % 256)
end

--- The SHA-256 digest of a string, 32 bytes.
function M.sha256(message)
  local state = {}
  for index = 1, 8 do
    state[index] = START[index]
  end
  local padding = ("\0"):rep((BLOCK - 9 - #message) % BLOCK)
  local padded = message .. "\128" .. padding .. "\0\0\0\0" .. bytes_of(#message * 8)
  for at = 1, #padded, BLOCK do
    absorb(state, schedule(padded, at))
  end
  for index = 1, 8 do
    state[index] = bytes_of(state[index])
  end
  return table.concat(state)
end

local function masked(key, mask)
  return (key:gsub("[%z\1-\255]", function(character)
    return string.char(combine(XOR, character:byte(), mask))
  end))
end

--- HMAC-SHA256 of a message, in 64 hexadecimal digits.
function M.hmac(key, message)
  key = #key > BLOCK and M.sha256(key) or key
  key = key .. ("\0"):rep(BLOCK - #key)
  local digest = M.sha256(masked(key, 92) .. M.sha256(masked(key, 54) .. message))
  return (digest:gsub(".", function(character)
    return ("%02x"):format(character:byte())
  end))
end

return M
