"""The forms of the desk, a module for each subject. What every act asks for stands in `acts`."""
