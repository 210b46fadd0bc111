"""The office manual: one public function for each act. Start reading in casework.py."""
