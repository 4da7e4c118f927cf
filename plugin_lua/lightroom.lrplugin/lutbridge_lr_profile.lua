--- A look as a Lightroom profile: the .xmp file that the helper makes, where it is installed, and the same as what
-- Lightroom calls a Look among a photo's settings.
local LrPathUtils = import "LrPathUtils"

local errors = require "lutbridge_errors"
local files = require "lutbridge_lr_files"
local installed = require "lutbridge_installed"

local M = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
local CHARACTERS = { ["&amp;"] = "&", ["&lt;"] = "<", ["&gt;"] = ">" }

local function attribute(xmp, name)
  return xmp:match("%scrs:" .. name .. '="([^"]*)"')
end

--- The content of an element with one text in its default language, with the text around it.
local function element(xmp, name)
  return xmp:match("^(.*<crs:" .. name .. ">.-<rdf:li[^>]*>)(.-)(</rdf:li>.*)$")
end

--- Reads a profile and puts it under a group of Lightroom's profile browser.
-- @param xmp the file's text.
-- @return table with name, group, uuid, fingerprint and spelling (of its RGB table), version, process_version, xmp (the
-- file's text, with the group); or nil and an error where this is no profile.
function M.read(xmp, group)
  local before, _, after = element(xmp, "Group")
  local _, name = element(xmp, "Name")
  local fingerprint = (attribute(xmp, "RGBTable") or ""):match "^%x+$"
  local profile = {
    name = name and name:gsub("&%a+;", CHARACTERS),
    group = group,
    uuid = (attribute(xmp, "UUID") or ""):match "^%x+$", -- it becomes the file's name
    fingerprint = fingerprint,
    spelling = fingerprint and attribute(xmp, "Table_" .. fingerprint),
    version = attribute(xmp, "Version"),
    process_version = attribute(xmp, "ProcessVersion"),
    xmp = before and before .. group:gsub("[&<>]", ENTITIES) .. after,
  }
  for _, field in ipairs { "name", "uuid", "spelling", "version", "process_version", "xmp" } do
    if not profile[field] then
      return nil, errors.new("bad_answer", { detail = "no profile: " .. field })
    end
  end
  return profile
end

--- Puts a profile where Lightroom finds it at its next start. Its file is named by its content.
-- @return true, or nil and an error.
function M.install(profile)
  local folder = installed.profiles -- inside Camera Raw's folder for the user's own
  local path = LrPathUtils.child(folder, profile.uuid .. ".xmp")
  if files.make_folder(folder) and (files.read(path) == profile.xmp or files.write(path, profile.xmp)) then
    return true
  end
  return nil, errors.new("profile_folder", { folder = folder })
end

--- The settings that put the profile on a photo. Which of the two places of the table Lightroom reads is not
-- documented; in files both are seen.
-- @param amount 0 to 1.
function M.settings(profile, amount)
  local key = "Table_" .. profile.fingerprint
  return {
    [key] = profile.spelling,
    Look = {
      Name = profile.name,
      UUID = profile.uuid,
      Amount = amount,
      SupportsAmount = true,
      SupportsMonochrome = true,
      SupportsOutputReferred = true,
      Parameters = {
        Version = profile.version,
        ProcessVersion = profile.process_version,
        ConvertToGrayscale = false,
        RGBTable = profile.fingerprint,
        [key] = profile.spelling,
      },
    },
  }
end

--- What a photo's settings lack of the profile: "look", "table", "amount"; or nil if it is on.
-- @param amount 0 to 1, as requested.
function M.missing(profile, amount, settings)
  local look = type(settings.Look) == "table" and settings.Look or {}
  local parameters = type(look.Parameters) == "table" and look.Parameters or {}
  local key = "Table_" .. profile.fingerprint
  if look.UUID ~= profile.uuid then
    return "look"
  elseif parameters.RGBTable ~= profile.fingerprint or (parameters[key] or settings[key]) ~= profile.spelling then
    return "table"
  elseif math.abs((tonumber(look.Amount) or 1) - amount) > 0.005 then
    return "amount"
  end
end

return M
