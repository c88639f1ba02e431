package rules

// What check warns of: rules that load, and yet do not do what they seem to.
const (
	CodeNeverFires    = "W001" // earlier rules take every message of the rule
	CodeSecondDefault = "W002" // a default behind another one that answers everything
	CodeNeverHolds    = "W003" // conditions that contradict each other
)
